// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'

/**
 * Draws an SVG picture as a file.
 *
 * @param width px of the file; the height follows from the picture
 * @returns the file's path
 */
export async function draw(
  browser: Browser, svg: string, width: number, type: 'png' | 'jpeg' = 'jpeg',
): Promise<string> {
  const page = await browser.newPage({ viewport: { width, height: 2000 } })
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 100%; height: auto }</style>${svg}`)
  const path = join(mkdtempSync(join(tmpdir(), 'picture-')), `picture.${type}`)
  writeFileSync(path, await page.locator('svg').screenshot({ type }))
  await page.close()
  return path
}
