// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { generate } from '../../scripts/generate-types.mjs'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf-8')

it('types.ts is what openrpc.json says', () => {
  expect(read('types.ts')).toBe(generate(JSON.parse(read('../../openrpc.json'))))
})
