// A sheet of an OpenDocument spreadsheet as rows of cells: numbers as numbers, all else as text, nothing as ''.
import { inflateRawSync } from 'node:zlib';

const CENTRAL = 0x02014b50;
const END = 0x06054b50;

function memberOf(zip, name) {
  let end = zip.length - 22;
  while (zip.readUInt32LE(end) !== END) end--;
  for (let at = zip.readUInt32LE(end + 16); zip.readUInt32LE(at) === CENTRAL; ) {
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === name) {
      const local = zip.readUInt32LE(at + 42);
      const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const bytes = zip.subarray(from, from + zip.readUInt32LE(at + 20));
      return zip.readUInt16LE(at + 10) === 0 ? bytes : inflateRawSync(bytes);
    }
    at += 46 + nameLength + extra + comment;
  }
  throw new Error(`no ${name}`);
}

const plain = (xml) => xml.replace(/<[^>]*>/g, '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&');

function cellsOf(row) {
  return [...row.matchAll(/<table:table-cell([^>]*?)(?:\/>|>(.*?)<\/table:table-cell>)/gs)].flatMap(([, attributes, content]) => {
    const value = /office:value="([^"]*)"/.exec(attributes);
    const times = Number(/table:number-columns-repeated="(\d+)"/.exec(attributes)?.[1] ?? 1);
    return Array(times).fill(value ? Number(value[1]) : plain(content ?? ''));
  });
}

// null when there is no such sheet.
export function sheetOf(file, name) {
  const content = memberOf(file, 'content.xml').toString('utf8');
  const sheet = new RegExp(`<table:table [^>]*table:name="${name}".*?</table:table>`, 's').exec(content);
  return sheet && [...sheet[0].matchAll(/<table:table-row[^>]*?(?:\/>|>(.*?)<\/table:table-row>)/gs)].map(([, row]) => cellsOf(row ?? ''));
}
