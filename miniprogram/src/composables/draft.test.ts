// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fakeUni } from '../../test/uni'
import { discardDrafts, newReference, useDraft } from './draft'

const empty = () => ({ mobile: '', subjects: [] as number[] })
let storage: Map<string, unknown>

beforeEach(() => {
  vi.useFakeTimers()
  storage = fakeUni().storage
})
afterEach(() => vi.useRealTimers())

describe('a draft', () => {
  it('is kept a moment after typing, and taken up again with its reference', () => {
    const draft = useDraft(empty)
    draft.open('session:1', { mobile: '138' })
    const reference = draft.reference.value
    draft.values.mobile = '13800138000'
    expect(storage.size).toBe(0)
    vi.advanceTimersByTime(500)
    expect(storage.size).toBe(1)

    const later = useDraft(empty)
    later.open('session:1', { mobile: '139', subjects: [1] })
    expect(later.restored.value).toBe(true)
    expect(later.values).toEqual({ mobile: '13800138000', subjects: [] })
    expect(later.reference.value).toBe(reference)
  })

  it('is kept at once when the page is left', () => {
    const draft = useDraft(empty)
    draft.open('session:1')
    draft.values.subjects = [1, 2]
    draft.save()
    expect(storage.get('draft:session:1')).toMatchObject({ values: { subjects: [1, 2] } })
  })

  it('leaves nothing when nothing was typed, except before a submit', () => {
    const draft = useDraft(empty)
    draft.open('session:1', { mobile: '138' })
    draft.save()
    vi.runAllTimers()
    expect(storage.size).toBe(0)
    draft.save(true)
    expect(storage.get('draft:session:1')).toMatchObject({ reference: draft.reference.value })
  })

  it('never holds what is secret', () => {
    const draft = useDraft(empty, ['mobile'])
    draft.open('profile')
    Object.assign(draft.values, { mobile: '13800138000', subjects: [1] })
    draft.save()
    expect(storage.get('draft:profile')).toMatchObject({ values: { subjects: [1] } })
    expect(JSON.stringify([...storage])).not.toContain('13800138000')
  })

  it('is one for each session', () => {
    const draft = useDraft(empty)
    draft.open('session:1')
    const first = draft.reference.value
    draft.values.mobile = '1'
    draft.open('session:2', { ...draft.values })
    expect(storage.has('draft:session:1')).toBe(true)
    expect(draft.values.mobile).toBe('1')
    expect(draft.reference.value).not.toBe(first)
    expect(draft.restored.value).toBe(false)
  })

  it('is forgotten once it is submitted, whatever is still under way', () => {
    const draft = useDraft(empty)
    draft.open('session:1')
    draft.values.mobile = '1'
    draft.discard()
    vi.runAllTimers()
    draft.save(true)
    expect(storage.size).toBe(0)
  })
})

it('a reference is long enough, and never the same', () => {
  const references = new Set(Array.from({ length: 100 }, newReference))
  expect(references.size).toBe(100)
  for (const reference of references) expect(reference).toMatch(/^[0-9a-f]{32}$/)
})

it('all drafts are forgotten at a logout, and nothing else', () => {
  storage.set('draft:session:1', {}).set('draft:title', {}).set('token', {})
  discardDrafts()
  expect([...storage.keys()]).toEqual(['token'])
})
