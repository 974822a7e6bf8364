// build.mjs OUT_DIR [THEME.css]: writes the style sheet and the other assets, each named by its content and precompressed.
//
// The style sheet is: the components of NL Design System that config/theme needs, without the classes that no page may use
// (classes.txt); then our own rules; then only those custom properties of the theme that are really read, with their values
// worked out. A theme is a file of custom properties; later files win: voorbeeld, config/theme/tokens.css, THEME.css.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import postcss from 'postcss';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..');
const theme = join(root, 'config', 'theme');
const [outDir, extraTheme] = process.argv.slice(2);
if (!outDir) {
  throw new Error('usage: build.mjs OUT_DIR [THEME.css]');
}

const COMPONENTS = [
  '@utrecht/root-css/dist/index.css',
  '@utrecht/document-css/dist/index.css',
  '@utrecht/page-header-css/dist/index.css',
  '@utrecht/page-footer-css/dist/index.css',
  '@nl-design-system-candidate/skip-link-css/dist/skip-link.css',
  '@nl-design-system-candidate/heading-css/dist/heading.css',
  '@nl-design-system-candidate/paragraph-css/dist/paragraph.css',
  '@nl-design-system-candidate/link-css/dist/link.css',
  '@utrecht/unordered-list-css/dist/index.css',
  '@utrecht/ordered-list-css/dist/index.css',
  '@nl-design-system-candidate/button-css/dist/button.css',
  '@utrecht/button-group-css/dist/index.css',
  '@utrecht/form-fieldset-css/dist/index.css',
  '@utrecht/form-field-css/dist/index.css',
  '@utrecht/form-label-css/dist/index.css',
  '@utrecht/form-field-description-css/dist/index.css',
  '@utrecht/form-field-error-message-css/dist/index.css',
  '@utrecht/textbox-css/dist/index.css',
  '@utrecht/textarea-css/dist/index.css',
  '@utrecht/select-css/dist/index.css',
  '@utrecht/alert-css/dist/index.css',
  '@utrecht/data-list-css/dist/index.css',
  '@utrecht/table-css/dist/index.css',
];
const VOORBEELD = '@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css';
const NOTICE =
  '/*! Zevenstem. Holds parts of NL Design System: Frameless B.V., Gemeente Utrecht, the NL Design System community; EUPL-1.2 */\n';

const packageFile = (name) => join(here, 'node_modules', ...name.split('/'));
const parse = (file) => postcss.parse(readFileSync(file, 'utf8'), { from: file });

const words = (file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter(Boolean);
const vocabulary = new Set(words(join(here, 'classes.txt')));

// Prefixes that today's browsers no longer ask for, and root containment, which cuts a printed page off after one screen.
const dropped = (decl) =>
  /^-(webkit|moz|ms)-/.test(decl.prop) || decl.prop === 'container-type' || decl.prop === 'container-name' ||
  decl.prop === 'view-transition-name' || /^-(webkit|moz|ms)-/.test(decl.value);

const classesOf = (selector) => [...selector.matchAll(/\.(-?[A-Za-z_][\w-]*)/g)].map((m) => m[1]);

function prune(sheet) {
  sheet.walkComments((comment) => comment.remove());
  sheet.walkAtRules('charset', (rule) => rule.remove());
  sheet.walkDecls((decl) => dropped(decl) && decl.remove());
  sheet.walkRules((rule) => {
    const kept = rule.selectors.filter((selector) => {
      const positive = selector.replace(/:not\([^()]*\)/g, '');
      return classesOf(positive).every((name) => vocabulary.has(name));
    });
    if (kept.length === 0) {
      rule.remove();
    } else if (kept.length < rule.selectors.length) {
      rule.selectors = kept;
    }
  });
  removeEmpty(sheet);
  return sheet;
}

function removeEmpty(container) {
  container.each((node) => {
    if (node.nodes) {
      removeEmpty(node);
      if (node.nodes.length === 0) {
        node.remove();
      }
    }
  });
}

function customProperties(file, into) {
  parse(file).walkDecls(/^--/, (decl) => into.set(decl.prop, decl.value));
}

// Splits "var(--a, b)" out of a value; parentheses may nest.
function replaceVars(value, replace) {
  let out = '';
  let at = 0;
  for (;;) {
    const start = value.indexOf('var(', at);
    if (start < 0) {
      return out + value.slice(at);
    }
    let depth = 1;
    let end = start + 4;
    while (end < value.length && depth > 0) {
      depth += value[end] === '(' ? 1 : value[end] === ')' ? -1 : 0;
      end++;
    }
    const inside = value.slice(start + 4, end - 1);
    const comma = inside.indexOf(',');
    const name = (comma < 0 ? inside : inside.slice(0, comma)).trim();
    const fallback = comma < 0 ? null : inside.slice(comma + 1).trim();
    out += value.slice(at, start) + replace(name, fallback);
    at = end;
  }
}

function resolveToken(tokens, name, trail = []) {
  if (trail.includes(name)) {
    throw new Error(`theme: ${[...trail, name].join(' -> ')} goes round in a circle`);
  }
  const value = tokens.get(name);
  if (value === undefined) {
    return undefined;
  }
  let missing = false;
  const worked = replaceVars(value, (inner, fallback) => {
    const found = resolveToken(tokens, inner, [...trail, name]);
    if (found === undefined && fallback === null) {
      missing = true;
    }
    return found ?? (fallback === null ? '' : replaceVars(fallback, (n) => resolveToken(tokens, n, [...trail, name]) ?? ''));
  });
  return missing ? undefined : worked;
}

const tidy = (text) => text.replace(/\s+/g, ' ').replace(/\s*,\s*/g, ',').trim();
const tidySelector = (text) => tidy(text).replace(/\s*>\s*/g, '>');

function print(container) {
  let out = '';
  for (const node of container.nodes) {
    if (node.type === 'decl') {
      out += `${node.prop}:${tidy(node.value)}${node.important ? '!important' : ''};`;
    } else if (node.type === 'rule') {
      out += `${tidySelector(node.selector)}{${print(node).replace(/;$/, '')}}`;
    } else if (node.type === 'atrule') {
      out += node.nodes ? `@${node.name} ${tidy(node.params)}{${print(node)}}` : `@${node.name} ${tidy(node.params)};`;
    }
  }
  return out;
}

// Simplifies var() in the rules: where the theme has no such token its fallback stands there, where it has one the fallback
// goes. A declaration of which nothing is left is dropped.
function bindTokens(sheet, tokens, used) {
  const local = new Set();
  sheet.walkDecls(/^--/, (decl) => local.add(decl.prop));
  const bind = (value) =>
    replaceVars(value, (name, fallback) => {
      if (local.has(name)) {
        if (tokens.has(name)) {
          used.add(name);
        }
        return fallback === null ? `var(${name})` : `var(${name},${bind(fallback)})`;
      }
      if (resolveToken(tokens, name) !== undefined) {
        used.add(name);
        return `var(${name})`;
      }
      return fallback === null ? '\0' : bind(fallback);
    });
  sheet.walkDecls((decl) => {
    const value = bind(decl.value);
    if (value.includes('\0')) {
      decl.remove();
    } else {
      decl.value = value;
    }
  });
  removeEmpty(sheet);
}

function readTokens() {
  const tokens = new Map();
  customProperties(packageFile(VOORBEELD), tokens);
  customProperties(join(theme, 'tokens.css'), tokens);
  if (extraTheme) {
    customProperties(extraTheme, tokens);
  }
  return tokens;
}

// Components of the design system and files of ours as one sheet. before: the tokens that another sheet on the same page has.
function buildStyle(components, files, tokens, before = new Set()) {
  const sheet = postcss.root();
  for (const component of components) {
    sheet.append(prune(parse(packageFile(component))).nodes);
  }
  for (const file of files) {
    const own = parse(join(theme, file));
    own.walkComments((comment) => comment.remove());
    sheet.append(own.nodes);
  }
  const used = new Set();
  bindTokens(sheet, tokens, used);
  const values = [...used].filter((name) => !before.has(name)).sort().map((name) => `${name}:${tidy(resolveToken(tokens, name))}`);
  const text = `${values.length > 0 ? `.zs-theme{${values.join(';')}}` : ''}${print(sheet)}\n`;
  return { text: components.length > 0 ? NOTICE + text : text, used };
}

function write(name, bytes) {
  const extension = extname(name);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
  const file = join(outDir, `${name.slice(0, -extension.length)}.${hash}${extension}`);
  const gzip = gzipSync(bytes, { level: 9 });
  writeFileSync(file, bytes);
  if (gzip.length < bytes.length) {
    writeFileSync(`${file}.gz`, gzip);
  }
  console.log(`${file}: ${bytes.length} bytes, ${gzip.length} compressed`);
  return gzip.length;
}

// Compressed. A form page with everything on it stays under 15 kB; charts.css is loaded by pages of results alone.
const STYLE_BYTES_MAX = { 'zevenstem.css': 9_600, 'charts.css': 3_500 };
function writeStyle(name, style) {
  const bytes = write(name, Buffer.from(style.text));
  if (bytes > STYLE_BYTES_MAX[name]) {
    throw new Error(`${name} is ${bytes} bytes compressed, more than ${STYLE_BYTES_MAX[name]}`);
  }
}
mkdirSync(outDir, { recursive: true });
for (const old of readdirSync(outDir)) {
  rmSync(join(outDir, old));
}
const tokens = readTokens();
const shell = buildStyle(COMPONENTS, ['zevenstem.css'], tokens);
writeStyle('zevenstem.css', shell);
writeStyle('charts.css', buildStyle([], ['charts.css', 'results.css'], tokens, shell.used));
write('icon.svg', Buffer.from(readFileSync(join(theme, 'icon.svg'), 'utf8').replace(/>\s+</g, '><').trim()));
// Without the comment that it begins with.
write('mark.js', Buffer.from(readFileSync(join(theme, '../../src/web/scripts/mark.js'), 'utf8').replace(/^(\/\/.*\n)+/, '')));
