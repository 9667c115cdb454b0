// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { go } from '@/navigation'
import { platform } from '@/platform'
import type { Chosen } from '@/platform/types'

/** Chooses an ID photo and lets it be cropped; null when the person changes their mind. */
export async function choosePhoto(): Promise<Chosen | null> {
  const chosen = await platform.chooseImage()
  if (!chosen) return null
  return new Promise((resolve) => {
    uni.$once('cropped', (path: string | null) => {
      resolve(path ? { path, name: chosen.name } : null)
    })
    go('crop', { path: chosen.path })
  })
}
