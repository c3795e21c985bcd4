(() => {
  "use strict";
  const form = document.getElementById("filter");
  const search = document.getElementById("search");
  const verdict = document.getElementById("verdict");
  const shown = document.getElementById("shown");
  const items = [...document.querySelectorAll(".trials > li")].map((node) => ({
    node,
    verdicts: node.dataset.v.split(" "),
    text: node.textContent.toLowerCase(),
  }));
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { node, verdicts, text } of items) {
      const fits = (!verdict.value || verdicts.includes(verdict.value)) && words.every((word) => text.includes(word));
      node.hidden = !fits;
      count += fits;
    }
    shown.textContent = `${count} of ${items.length} trials`;
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", apply);
  verdict.addEventListener("change", apply);
  form.addEventListener("reset", (event) => {
    // The default empties the fields only after this.
    event.preventDefault();
    search.value = verdict.value = "";
    apply();
  });
  form.hidden = false;
  apply();
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("li:not([data-v^=pass]) > details:not([open])")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
})();
