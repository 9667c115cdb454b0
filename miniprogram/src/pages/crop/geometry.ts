// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import type { Area } from '@/platform/types'

/** Lengths in px: of the picture itself, or of the window on the screen. */
interface Size {
  width: number
  height: number
}

/** Where the picture lies in the window: its left top corner and its scale. */
export interface View {
  x: number
  y: number
  scale: number
}

/** Returns the view in which the picture just covers the window, centred. */
export function fit(picture: Size, window: Size): View {
  const scale = Math.max(window.width / picture.width, window.height / picture.height)
  return {
    x: (window.width - picture.width * scale) / 2,
    y: (window.height - picture.height * scale) / 2,
    scale,
  }
}

/** Returns a view moved so that the window is covered. */
export function clamp({ x, y, scale }: View, picture: Size, window: Size): View {
  const between = (value: number, least: number) => Math.min(0, Math.max(least, value))
  return {
    x: between(x, window.width - picture.width * scale),
    y: between(y, window.height - picture.height * scale),
    scale,
  }
}

/** Returns a view at another scale, at least covering the window, around its middle. */
export function zoom(view: View, wanted: number, picture: Size, window: Size): View {
  const scale = Math.max(wanted, fit(picture, window).scale)
  const ratio = scale / view.scale
  const x = window.width / 2 - (window.width / 2 - view.x) * ratio
  const y = window.height / 2 - (window.height / 2 - view.y) * ratio
  return clamp({ x, y, scale }, picture, window)
}

/** Returns what the window shows, in the picture's own pixels. */
export function areaOf({ x, y, scale }: View, window: Size): Area {
  return {
    x: -x / scale, y: -y / scale, width: window.width / scale, height: window.height / scale,
  }
}

/** Whether less than half of the pixels that are wanted are there. */
export function tooSmall(picture: Size, view: View, window: Size, wanted: Size): boolean {
  return picture.width > 0 && areaOf(view, window).width < wanted.width / 2
}
