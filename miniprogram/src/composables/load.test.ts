// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { beforeEach, describe, expect, it } from 'vitest'
import { fakeUni } from '../../test/uni'
import { useLoad, useParts } from './load'

beforeEach(() => { fakeUni() })

describe('loading', () => {
  it('keeps what was there when a refresh fails', async () => {
    const answers = [Promise.resolve('first'), Promise.reject(new Error('offline'))]
    const { data, error, loading, load } = useLoad(() => answers.shift()!)
    await load()
    expect([data.value, error.value]).toEqual(['first', ''])
    await load()
    expect([data.value, error.value, loading.value]).toEqual(['first', 'offline', false])
  })
})

describe('parts', () => {
  const PARTS: Record<string, { items: number[], next: string | null }> = {
    '': { items: [1, 2], next: 'b' }, 'b': { items: [3], next: null },
  }

  it('follow one another to the end', async () => {
    const asked: (string | null)[] = []
    const { items, load, more } = useParts<number>(async (cursor) => {
      asked.push(cursor)
      return PARTS[cursor ?? '']
    })
    await load()
    await more()
    await more()
    expect(items.value).toEqual([1, 2, 3])
    expect(asked).toEqual([null, 'b'])
  })

  it('of an earlier list do not come into a newer one', async () => {
    let late: (part: { items: number[] }) => void = () => {}
    const answers = [
      new Promise<{ items: number[] }>((resolve) => { late = resolve }),
      Promise.resolve({ items: [9] })]
    const { items, load } = useParts<number>(() => answers.shift()!)
    const first = load()
    await load()
    late({ items: [1] })
    await first
    expect(items.value).toEqual([9])
  })

  it('are asked for again after a failure', async () => {
    let down = true
    const { items, load, more } = useParts<number>(async (cursor) => {
      if (cursor && down) throw new Error('offline')
      return PARTS[cursor ?? '']
    })
    await load()
    await more()
    down = false
    await more()
    expect(items.value).toEqual([1, 2, 3])
  })
})
