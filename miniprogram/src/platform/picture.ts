import type { Area, Chosen } from './types'

/** The size in pixels that the manual asks of the ID photo. */
export const PHOTO = { width: 658, height: 926 }

/** Chooses a picture; null when the person changes their mind. */
export function chooseImage(): Promise<Chosen | null> {
  return new Promise((resolve) => {
    uni.chooseImage({
      count: 1,
      sizeType: ['original'],
      success: ({ tempFilePaths, tempFiles }) => {
        const path = tempFilePaths[0]
        const { name } = (tempFiles as { name?: string }[])[0]
        resolve({ path, name: name ?? path.split('/').pop()! })
      },
      fail: () => resolve(null),
    })
  })
}

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
