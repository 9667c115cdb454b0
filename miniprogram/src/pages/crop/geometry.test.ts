// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { describe, expect, it } from 'vitest'
import { areaOf, clamp, fit, tooSmall, zoom } from './geometry'

const WINDOW = { width: 200, height: 300 }
const WIDE = { width: 900, height: 600 }

describe('the picture in the window', () => {
  it('covers it at first, in the middle', () => {
    const view = fit(WIDE, WINDOW)
    expect(view).toEqual({ scale: 0.5, x: -125, y: 0 })
    expect(areaOf(view, WINDOW)).toMatchObject({ x: 250, width: 400, height: 600 })
  })

  it('never leaves a gap', () => {
    const far = clamp({ x: 50, y: -80, scale: 0.5 }, WIDE, WINDOW)
    expect(far).toEqual({ x: 0, y: 0, scale: 0.5 })
    expect(clamp({ x: -900, y: 0, scale: 0.5 }, WIDE, WINDOW).x).toBe(-250)
    expect(zoom(fit(WIDE, WINDOW), 0.1, WIDE, WINDOW).scale).toBe(0.5)
  })

  it('grows around the middle', () => {
    const before = areaOf(fit(WIDE, WINDOW), WINDOW)
    const after = areaOf(zoom(fit(WIDE, WINDOW), 1, WIDE, WINDOW), WINDOW)
    expect(after.width).toBe(before.width / 2)
    expect(after.x + after.width / 2).toBe(before.x + before.width / 2)
    expect(after.y + after.height / 2).toBe(before.y + before.height / 2)
  })

  it('keeps the proportions of the window', () => {
    const { width, height } = areaOf(zoom(fit(WIDE, WINDOW), 0.83, WIDE, WINDOW), WINDOW)
    expect(width / height).toBeCloseTo(WINDOW.width / WINDOW.height)
  })

  it('is too small with less than half of the pixels', () => {
    const wanted = { width: 900, height: 1350 }
    expect(tooSmall(WIDE, fit(WIDE, WINDOW), WINDOW, wanted)).toBe(true)
    expect(tooSmall(WIDE, fit(WIDE, WINDOW), WINDOW, { width: 800, height: 1200 })).toBe(false)
  })
})
