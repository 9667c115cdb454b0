// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { describe, expect, it } from 'vitest'
import { day, days, left, moment, span, yuan } from './format'

describe('money', () => {
  it.each([
    [0, '¥0.00'], [5, '¥0.05'], [30000, '¥300.00'], [120000, '¥1,200.00'],
    [123456789, '¥1,234,567.89'],
  ])('%i fen is %s', (fen, text) => expect(yuan(fen)).toBe(text))
})

describe('days and moments', () => {
  it('are shown as they stand, in China’s time', () => {
    expect(day('2026-11-03')).toBe('2026年11月3日')
    expect(day('2026-11-03T00:30:00+08:00')).toBe('2026年11月3日')
    expect(moment('2026-11-03T08:05:00+08:00')).toBe('2026年11月3日 08:05')
    expect(span('2026-11-03T09:00:00+08:00', '2026-12-13T18:00:00+08:00'))
      .toBe('11月3日 09:00 至 12月13日 18:00')
  })

  it('make ranges', () => {
    expect(days('2027-01-03', '2027-01-07')).toBe('2027年1月3日 至 1月7日')
    expect(days('2026-12-30', '2027-01-02')).toBe('2026年12月30日 至 2027年1月2日')
    expect(days('2027-01-03', '2027-01-03')).toBe('2027年1月3日')
    expect(days('2027-01-03', null)).toBe('2027年1月3日')
    expect(days(null, null)).toBe('')
  })
})

describe('what is left', () => {
  const now = Date.parse('2026-11-23T12:00:00+08:00')

  it.each([
    ['2026-11-25T15:00:00+08:00', '2天3小时'], ['2026-11-24T12:00:00+08:00', '1天'],
    ['2026-11-23T14:05:00+08:00', '2小时5分钟'], ['2026-11-23T12:25:30+08:00', '25分钟'],
    ['2026-11-23T11:59:00+08:00', ''],
  ])('until %s is "%s"', (moment, text) => expect(left(moment, now)).toBe(text))
})
