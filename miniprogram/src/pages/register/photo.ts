import { go } from '@/navigation'
import { chooseImage } from '@/platform/picture'
import type { Chosen } from '@/platform/types'

/** Chooses an ID photo and lets it be cropped; null when the person changes their mind. */
export async function choosePhoto(): Promise<Chosen | null> {
  const chosen = await chooseImage()
  if (!chosen) return null
  return new Promise((resolve) => {
    uni.$once('cropped', (path: string | null) => {
      resolve(path ? { path, name: chosen.name } : null)
    })
    go('crop', { path: chosen.path })
  })
}
