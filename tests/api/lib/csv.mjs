// CSV as others read it.
import assert from 'node:assert/strict';

// RFC 4180: fields with quotes hold commas, quotes and line ends.
export function recordsOf(text) {
  const lines = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    lines.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',') lines.push([]);
  }
  const [head, ...rest] = lines.slice(0, -1);
  return rest.map((line) => {
    assert.equal(line.length, head.length, line.join());
    return Object.fromEntries(head.map((name, index) => [name, line[index]]));
  });
}
