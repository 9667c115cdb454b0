// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { describe, expect, it } from 'vitest'
import { newWorld } from '../../../test/fake-server'
import { FIELDS } from '@/words'
import { again, emptyForm, toParams } from './form'

const stored = (file: string) => ({ file, mime_type: 'image/jpeg', warnings: [] })

describe('the form on the wire', () => {
  it('gives files by name, and null for what is not filled in', () => {
    const params = toParams({ ...emptyForm(), session: 1, photo: stored('abc') })
    expect(params).toMatchObject({
      session: 1, photo: 'abc', region: null, education_proof: null, work_proof: null,
      exam_type: null, work_years: null, industry: null, invoice: null })
    expect(params).not.toHaveProperty('wants_invoice')
    expect(params).not.toHaveProperty('invoice.kind')
  })

  it('has an address for the textbooks only when it is another one', () => {
    const form = { ...emptyForm(), textbook_address: '人民路 1 号' }
    expect(toParams(form).textbook_address).toBeNull()
    expect(toParams({ ...form, textbook_same_address: false }).textbook_address).toBe('人民路 1 号')
  })

  it('has an invoice only when one is wanted, and leaves out what is not chosen', () => {
    const form = { ...emptyForm(), 'invoice.email': 'a@example.com', 'invoice.kind': 'paper' as const }
    expect(toParams(form).invoice).toBeNull()
    expect(toParams({ ...form, wants_invoice: true }).invoice)
      .toEqual({ kind: 'paper', email: 'a@example.com' })
  })

  it('is the same again for a registration that is submitted again', () => {
    const rejected = newWorld('').registrations.find(({ id }) => id === 2)!
    const params = toParams({ ...emptyForm(), ...again(rejected) })
    const { textbook_address, education_code, education_valid_until, ...rest } = params
    expect(rest).toEqual(rejected.form)
    expect([textbook_address, education_code, education_valid_until]).toEqual([null, null, null])
  })

  it('has a name for each of its fields', () => {
    const typed = Object.keys(emptyForm()).filter(name => name !== 'wants_invoice')
    expect(Object.keys(FIELDS).sort()).toEqual(typed.sort())
  })
})
