// document_peer.mjs chromium|typst FOLDER [CHROMIUM]   a peer that stays alive, or starts once
//
// For each line on standard input, a count: so many PDFs of FOLDER/page.html or page.typ, each with
// other digits where the page has 7654321. Then one line of JSON: `ms` of wall clock a document,
// `bytes` of the last, which FOLDER gets as chromium.pdf or typst.pdf. FOLDER/fonts has the fonts;
// packages come from the folder that NODE_PATH names.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import path from "node:path";

const [, , peer, folder, program] = process.argv;
const load = createRequire(path.join(process.env.NODE_PATH, "/"));
const source = readFileSync(path.join(folder, { chromium: "page.html", typst: "page.typ" }[peer]),
  "utf8");
let count = 0;
const numbered = () => source.replaceAll("7654321", String(++count).padStart(7, "0"));

async function chromium() {
  const puppeteer = load("puppeteer-core");
  const browser = await puppeteer.launch({
    executablePath: program, headless: "shell", args: ["--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage();
  return { close: () => browser.close(), make: async () => {
    await page.setContent(numbered(), { waitUntil: "load" });
    return page.pdf({ preferCSSPageSize: true, printBackground: true });
  } };
}

async function typst() {
  const { NodeCompiler } = load("@myriaddreamin/typst-ts-node-compiler");
  const compiler = NodeCompiler.create({ workspace: folder,
    fontArgs: [{ fontPaths: [path.join(folder, "fonts")] }] });
  return { close: () => {}, make: async () => {
    compiler.evictCache(0);
    return compiler.pdf({ mainFileContent: numbered() });
  } };
}

const renderer = await { chromium, typst }[peer]();
for await (const line of createInterface({ input: process.stdin })) {
  const rounds = Number(line);
  const begin = performance.now();
  let pdf;
  for (let i = 0; i < rounds; i++) pdf = await renderer.make();
  const ms = (performance.now() - begin) / rounds;
  writeFileSync(path.join(folder, `${peer}.pdf`), pdf);
  console.log(JSON.stringify({ ms, bytes: pdf.length }));
}
await renderer.close();
