(() => {
  "use strict";
  const all = (selector) => [...document.querySelectorAll(selector)];

  /** A form over a list: its select names what an item must be, its search the words that must be in it. */
  const filter = (form, nodes, noun, groups = []) => {
    const [select, search, shown] = ["select", "input", "output"].map((name) => form.querySelector(name));
    const items = nodes.map((node) => ({ node, is: node.dataset.v.split(" "), text: "" }));
    // A page of ten thousand trials is not laid out anew at every key.
    let soon = 0;
    const apply = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      for (const item of items) {
        if (words.length && !item.text) item.text = item.node.textContent.toLowerCase();
        const fits = (!select.value || item.is.includes(select.value)) && words.every((word) => item.text.includes(word));
        if (item.node.hidden === fits) item.node.hidden = !fits;
        count += fits;
      }
      for (const group of groups) group.hidden = !group.querySelector("[data-v]:not([hidden])");
      shown.textContent = `${count.toLocaleString("en")} of ${items.length.toLocaleString("en")} ${noun}`;
    };
    const clear = () => {
      clearTimeout(soon);
      search.value = select.value = "";
      apply();
    };
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", (event) => {
      // The default empties the fields only after this.
      event.preventDefault();
      clear();
    });
    search.addEventListener("input", () => {
      clearTimeout(soon);
      soon = setTimeout(apply, 150);
    });
    select.addEventListener("change", apply);
    form.hidden = false;
    apply();
    return clear;
  };
  const clears = [
    filter(document.getElementById("filter"), all(".trials > div"), "trials"),
    filter(document.getElementById("which"), all("#requirements tr[data-v]"), "requirements", all("#requirements tbody")),
  ];

  /** What a link leads to is neither filtered away nor folded. */
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.hidden) clears.forEach((clear) => clear());
    const details = target.querySelector(":scope > details");
    if (details) details.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all(".trials > div:not([data-v=pass]) > details:not([open])");
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
})();
