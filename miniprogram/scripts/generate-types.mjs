#!/usr/bin/env node
// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/**
 * Writes src/api/types.ts from openrpc.json.
 *
 *   npm run types                                    from the file as it is
 *   npm run types http://127.0.0.1:8000/demo         fetches the file from a server first
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const path = name => fileURLToPath(new URL(`../${name}`, import.meta.url))
const HEADER = `// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
// Made from openrpc.json by scripts/generate-types.mjs: do not edit.
`

const typeName = name => name.replace(/[^A-Za-z0-9]/g, '')

/** Returns the TypeScript type of a JSON schema. */
function type(schema) {
  if (schema.$ref) return typeName(schema.$ref.split('/').pop())
  if (schema.enum) return schema.enum.map(value => JSON.stringify(value)).join(' | ')
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.anyOf) return schema.anyOf.map(type).join(' | ')
  switch (schema.type) {
    case 'array': return `Array<${type(schema.items)}>`
    case 'object':
      if (schema.properties) return members(schema.properties, new Set(schema.required))
      return `Record<string, ${type(schema.additionalProperties ?? {})}>`
    case 'integer': case 'number': return 'number'
    case 'string': case 'boolean': case 'null': return schema.type
    default: return 'unknown'
  }
}

function members(properties, required) {
  const lines = Object.entries(properties).map(([name, schema]) => {
    const comment = schema.description ? `  /** ${schema.description} */\n` : ''
    return `${comment}  ${name}${required.has(name) ? '' : '?'}: ${type(schema)}\n`
  })
  return `{\n${lines.join('')}}`
}

/** Returns the text of types.ts for an OpenRPC document. */
export function generate(document) {
  const parts = Object.entries(document.components.schemas)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => {
      const comment = schema.description ? `/** ${schema.description} */\n` : ''
      return `${comment}export interface ${typeName(name)} ${type(schema)}\n`
    })
  const methods = document.methods
    .filter(method => method.name !== 'rpc.discover')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, params, result, summary }) => {
      const properties = Object.fromEntries(params.map(p => [p.name, p.schema]))
      const required = new Set(params.filter(p => p.required).map(p => p.name))
      const inner = params.length ? members(properties, required).replace(/\n/g, '\n  ') : 'object'
      return `  /** ${summary} */\n  '${name}': {\n  params: ${inner}\n  result: ${type(result.schema)}\n  }\n`
    })
  parts.push(`/** Every method of the bridge: its parameters and its result. */\n`
    + `export interface Methods {\n${methods.join('')}}\n`)
  return [HEADER, ...parts].join('\n')
}

async function discover(url) {
  const answer = await fetch(`${url.replace(/\/$/, '')}/training/rpc`, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'rpc.discover' }),
  })
  const { result } = await answer.json()
  delete result.servers
  writeFileSync(path('openrpc.json'), JSON.stringify(result, null, 1) + '\n')
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv[2]) await discover(process.argv[2])
  const document = JSON.parse(readFileSync(path('openrpc.json'), 'utf-8'))
  writeFileSync(path('src/api/types.ts'), generate(document))
}
