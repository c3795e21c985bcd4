// The acceptance report in Chromium, as its readers meet it: light, dark and narrow, by keyboard, without script, on paper.
// Usage: tests/browser/run.sh [report.html …], which provides what this needs; SHOTS=DIR keeps pictures.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const require = createRequire(path.join(process.env.BROWSER_MODULES, "x.js"));
const puppeteer = require("puppeteer-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const quiet = "background-networking component-update quic sync gpu".split(" ").map((what) => `--disable-${what}`);
const args = ["--no-sandbox", "--no-first-run", ...quiet];
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, args, headless: true });
const problems = [];

/** Opens the file in a view of its own; what goes wrong there is told under its name. */
async function open(file, name, { width = 1280, scheme = "light", script = true } = {}) {
  const page = await browser.newPage();
  const tell = (text) => problems.push(`${file}, ${name}: ${text}`);
  page.on("console", (message) => message.type() === "error" && tell(message.text()));
  page.on("pageerror", (error) => tell(error.message));
  page.on("request", (request) => request.url().startsWith("file:") || tell(`asks for ${request.url()}`));
  await page.setJavaScriptEnabled(script);
  await page.setViewport({ width, height: 1000 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(`file://${path.resolve(file)}`);
  return { page, tell };
}

async function shot(page, name, options = {}) {
  if (process.env.SHOTS) await page.screenshot({ path: path.join(process.env.SHOTS, `report-${name}.png`), ...options });
}

const trials = (page, which) =>
  page.evaluate((which) => [...document.querySelectorAll(`.trials > div${which}`)].map((trial) => trial.dataset.v), which);
const unfold = (page, which = "details") =>
  page.evaluate((which) => document.querySelectorAll(which).forEach((details) => (details.open = true)), which);

/** No sideways scroll, no axe violation, folded or not; search and verdict filter, and both together. */
async function screen(file, name, view) {
  const { page, tell } = await open(file, name, view);
  await shot(page, name);
  const over = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if ((await over()) > 0) tell(`scrolls sideways by ${await over()} pixels`);
  const all = (await trials(page, "")).length;
  const verdict = (await trials(page, ""))[0].split(" ")[0];
  await page.select("#verdict", verdict);
  const shown = await trials(page, ":not([hidden])");
  if (shown.length === 0 || !shown.every((v) => v.includes(verdict))) tell(`the filter shows ${shown}`);
  await page.type("#search", "no trial has this in it");
  const none = () => document.querySelectorAll(".trials > div:not([hidden])").length === 0;
  await page.waitForFunction(none, { timeout: 10_000 }).catch(() => tell("the search finds what is not there"));
  await page.$eval("#filter button[type=reset]", (button) => button.click());
  if ((await trials(page, ":not([hidden])")).length !== all) tell("not every trial is back after the filter is cleared");
  if (all < 1000) {
    await unfold(page);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => axe.run());
    for (const { id, nodes } of violations) tell(`axe: ${id} at ${nodes[0].html.slice(0, 100)}`);
    if ((await over()) > 0) tell(`scrolls sideways by ${await over()} pixels once unfolded`);
  }
  await page.close();
}

/** The skip link comes first and leads to the trials; a trial unfolds by the keyboard. */
async function keyboard(file) {
  const { page, tell } = await open(file, "keyboard");
  const focused = (read) => page.evaluate(read);
  await page.keyboard.press("Tab");
  if ((await focused(() => document.activeElement.getAttribute("href"))) !== "#trials") tell("no skip link comes first");
  await page.keyboard.press("Enter");
  for (let i = 0; i < 8 && (await focused(() => document.activeElement.tagName)) !== "SUMMARY"; i++)
    await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const folded = await page.$(".trials summary");
  if (folded && !(await focused(() => document.activeElement.parentElement.open))) tell("no trial unfolds by the keyboard");
  await page.close();
}

/** Without script the page is whole; on paper the evidence of what did not pass is unfolded even so. */
async function paper(file) {
  const { page, tell } = await open(file, "print without script", { script: false });
  if (await page.evaluate(() => getComputedStyle(document.getElementById("filter")).display !== "none"))
    tell("a filter that cannot work is shown");
  await page.emulateMediaType("print");
  await page.setViewport({ width: 688, height: 1000 }); // A4 between its margins
  const over = await page.evaluate(() => Math.max(...[document.documentElement, ...document.querySelectorAll(".scroll")].map((node) => node.scrollWidth - node.clientWidth)));
  if (over > 0) tell(`the paper cuts off ${over} pixels`);
  const folded = await page.evaluate(() =>
    [...document.querySelectorAll(".trials > div:not([data-v=pass]) :is(.finding, .exchange)")].filter((node) => !node.checkVisibility() || !node.offsetHeight).length);
  if (folded) tell(`${folded} pieces of evidence are not on paper`);
  if (process.env.SHOTS) await page.pdf({ path: path.join(process.env.SHOTS, "report.pdf"), preferCSSPageSize: true });
  await page.close();
}

for (const file of process.argv.slice(2)) {
  await screen(file, "light", {});
  await screen(file, "dark", { scheme: "dark" });
  await screen(file, "phone", { width: 360 });
  await keyboard(file);
  await paper(file);
}
await browser.close();
problems.forEach((problem) => console.log(problem));
process.exit(problems.length ? 1 : 0);
