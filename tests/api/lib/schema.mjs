// Checks a value against a schema of the API's description: as much of OpenAPI 3.0.3 as the description uses; anything else in it
// is a fault of the test.
import assert from 'node:assert/strict';
import { openapi } from './service.mjs';

const KNOWN = new Set(['$ref', 'description', 'type', 'nullable', 'enum', 'pattern', 'maxLength', 'format', 'minimum', 'maximum', 'required', 'properties',
  'additionalProperties', 'items', 'minItems', 'maxItems', 'uniqueItems', 'allOf', 'anyOf', 'oneOf', 'default', 'example']);
const FORMATS = {
  date: /^\d{4}-\d{2}-\d{2}$/,
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/,
  uri: /^https?:\/\//,
  'uri-reference': /^\S+$/,
  int32: /^/,
  int64: /^/,
};
const TYPES = {
  string: (value) => typeof value === 'string',
  integer: Number.isInteger,
  number: Number.isFinite,
  boolean: (value) => typeof value === 'boolean',
  array: Array.isArray,
  object: (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
};

function resolve(schema) {
  return schema.$ref ? resolve(schema.$ref.slice(2).split('/').reduce((at, name) => at[name], openapi)) : schema;
}

// Properties that an object may have by the schema and what it is composed of; null: any.
function ownProperties(schema) {
  const here = resolve(schema);
  const parts = [here, ...(here.allOf ?? []).map(resolve)];
  return parts.some((part) => part.additionalProperties) || !parts.some((part) => part.properties) ? null : parts.flatMap((part) => Object.keys(part.properties ?? {}));
}

function faults(schema, value, at, composed = false) {
  const here = resolve(schema);
  const unknown = Object.keys(here).filter((word) => !KNOWN.has(word));
  assert.deepEqual(unknown, [], 'words that this checker does not know');
  if (value === null) {
    const may = here.nullable || (here.anyOf ?? []).some((part) => resolve(part).nullable);
    return may ? [] : [`${at}: null`];
  }
  const found = [];
  if (here.type && !TYPES[here.type](value)) {
    return [`${at}: no ${here.type}`];
  }
  if (here.enum && !here.enum.includes(value)) found.push(`${at}: ${value} is none of ${here.enum}`);
  if (here.pattern && !new RegExp(here.pattern).test(value)) found.push(`${at}: ${value} has not the form ${here.pattern}`);
  if (here.maxLength && [...value].length > here.maxLength) found.push(`${at}: too long`);
  if (here.format && !FORMATS[here.format].test(value)) found.push(`${at}: ${value} is no ${here.format}`);
  if (here.minimum !== undefined && value < here.minimum) found.push(`${at}: ${value} < ${here.minimum}`);
  if (here.maximum !== undefined && value > here.maximum) found.push(`${at}: ${value} > ${here.maximum}`);
  if (here.minItems && value.length < here.minItems) found.push(`${at}: too few`);
  if (here.maxItems && value.length > here.maxItems) found.push(`${at}: too many`);
  for (const part of here.allOf ?? []) found.push(...faults(part, value, at, true));
  for (const [kind, least, most] of [['anyOf', 1, Infinity], ['oneOf', 1, 1]]) {
    if (here[kind]) {
      const tried = here[kind].map((part) => faults(part, value, at));
      const fit = tried.filter((list) => list.length === 0).length;
      if (fit < least || fit > most) found.push(`${at}: fits ${fit} of ${kind}`, ...tried.flat());
    }
  }
  if (TYPES.object(value)) {
    for (const name of here.required ?? []) if (!(name in value)) found.push(`${at}: no ${name}`);
    const allowed = composed ? null : ownProperties(here);
    for (const [name, member] of Object.entries(value)) {
      const own = here.properties?.[name] ?? (TYPES.object(here.additionalProperties) ? here.additionalProperties : null);
      if (own) found.push(...faults(own, member, `${at}/${name}`));
      else if (allowed && !allowed.includes(name)) found.push(`${at}: ${name} is not described`);
    }
  }
  if (Array.isArray(value) && here.items) value.forEach((item, index) => found.push(...faults(here.items, item, `${at}/${index}`)));
  return found;
}

// Stricter than the schema in one point: members that it does not name are faults.
export function check(schema, value, label) {
  const found = faults(schema, value, '');
  assert.deepEqual(found.slice(0, 5), [], label);
}
