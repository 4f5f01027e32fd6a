// The browser, and pages that are watched: nothing may be said in their console, run, or asked of another place.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

import { LONG } from "./house.mjs";

const shots = join(dirname(fileURLToPath(import.meta.url)), "shots");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/// Debian's Chromium. Without a sandbox of its own it also runs as root in a container.
export function browser() {
  mkdirSync(shots, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/// A page in a browser profile of its own. `page.faults` is what it said, ran or asked for and should not have.
export async function watched(of, options = {}) {
  const context = await of.newContext({ locale: "en-GB", ...options });
  context.setDefaultTimeout(LONG);
  const page = await context.newPage();
  page.faults = [];
  await context.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)));
  page.on("dialog", (dialog) => {
    page.faults.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  page.on("pageerror", (error) => page.faults.push(`an error: ${error.message}`));
  page.on("console", (line) => {
    if (["error", "warning"].includes(line.type())) page.faults.push(`${line.type()}: ${line.text()}`);
  });
  page.on("request", (request) => {
    if (!/^(http:\/\/127\.0\.0\.1:|data:|file:|blob:)/.test(request.url())) page.faults.push(`asked of another place: ${request.url()}`);
  });
  return page;
}

/// Grave faults that axe finds. It runs beside the page's own scripts, past the page's policy.
export async function grave(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.html).slice(0, 3).join(" ")}`);
}

/// How many pixels the page is wider than its window.
export const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

export const shot = (page, name) => page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
