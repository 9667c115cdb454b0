// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { expect, it, vi } from 'vitest'
import { poll } from './poll'

it('asks until the answer is settled', async () => {
  const ask = vi.fn(async () => (ask.mock.calls.length < 3 ? 'to_pay' : 'paid'))
  expect(await poll(ask, answer => answer === 'paid', 6, 1)).toBe('paid')
  expect(ask).toHaveBeenCalledTimes(3)
})

it('gives up with the last answer', async () => {
  const ask = vi.fn(async () => 'to_pay')
  expect(await poll(ask, answer => answer === 'paid', 4, 1)).toBe('to_pay')
  expect(ask).toHaveBeenCalledTimes(4)
})
