// The acceptance report in Chromium: no axe violation, no console error, no horizontal scroll, the filter filters.
// Usage: node tests/browser/report.mjs reports/sample/report.html   (needs axe-core, puppeteer-core, Chromium)
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const require = createRequire(process.env.BROWSER_MODULES ? path.join(process.env.BROWSER_MODULES, "x.js") : import.meta.url);
let puppeteer, axe;
try {
  puppeteer = require("puppeteer-core");
  axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
} catch {
  console.log("skipped: axe-core and puppeteer-core are not installed");
  process.exit(0);
}
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!fs.existsSync(executablePath)) {
  console.log("skipped: there is no Chromium");
  process.exit(0);
}
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-background-networking"], headless: true });
const problems = [];
for (const [width, scheme] of [[1280, "light"], [1280, "dark"], [360, "light"]]) {
  const page = await browser.newPage();
  const tell = (text) => problems.push(`${width} ${scheme}: ${text}`);
  page.on("console", (message) => message.type() === "error" && tell(message.text()));
  page.on("pageerror", (error) => tell(error.message));
  page.on("request", (request) => request.url().startsWith("file:") || tell(`asks for ${request.url()}`));
  await page.setViewport({ width, height: 800 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(`file://${path.resolve(process.argv[2])}`);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (over > 0) tell(`scrolls sideways by ${over} pixels`);
  await page.select("#verdict", "fail");
  const shown = await page.evaluate(() => [...document.querySelectorAll(".trials > li:not([hidden])")].map((li) => li.dataset.v));
  if (shown.length === 0 || !shown.every((v) => v.includes("fail"))) tell(`the filter shows ${shown}`);
  await page.select("#verdict", "");
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run());
  for (const { id, nodes } of violations) tell(`axe: ${id} at ${nodes[0].html.slice(0, 100)}`);
}
await browser.close();
problems.forEach((problem) => console.log(problem));
process.exit(problems.length ? 1 : 0);
