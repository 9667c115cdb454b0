// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import type { Area } from './types'

/** The size in pixels that the manual asks of the ID photo. */
export const PHOTO = { width: 658, height: 926 }

/** Returns the size of a picture in pixels. Rejects when it is not a picture. */
export function pictureSize(path: string): Promise<{ width: number, height: number }> {
  return new Promise((resolve, reject) => {
    uni.getImageInfo({
      src: path,
      success: ({ width, height }) => resolve({ width, height }),
      fail: () => reject(new Error('图片无法打开，请另选一张 JPEG 或 PNG 图片。')),
    })
  })
}

/** Draws an area of a picture onto a white canvas of the ID photo's size. */
export function drawPhoto(
  context: CanvasRenderingContext2D, image: CanvasImageSource, area: Area,
) {
  const { width, height } = PHOTO
  context.fillStyle = 'white'
  context.fillRect(0, 0, width, height)
  context.drawImage(image, area.x, area.y, area.width, area.height, 0, 0, width, height)
}
