// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { asError, bridge, type ErrorBody, headers, loggedIn, NETWORK, RpcError } from './rpc'

export type Kind = 'photo' | 'education_proof' | 'work_proof' | 'avatar'

/** What the server tells of an upload. */
export interface Uploaded {
  /** The name by which a form gives the file. */
  file: string
  /** Signed and short-lived, relative to the server. */
  url: string
  mime_type: string
  width?: number
  height?: number
  warnings: string[]
}

/** How often a broken transfer is tried, and how long before the next try (ms). */
const TRIES = 3
const PAUSE = 800

const wait = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

/**
 * Does a transfer, again when it breaks; what the server refuses is not tried again.
 *
 * @param pause ms before the second try, doubled before each further one
 */
export async function persist<T>(
  transfer: () => Promise<T>, tries = TRIES, pause = PAUSE,
): Promise<T> {
  for (let left = tries; ; left--, pause *= 2) {
    try {
      return await transfer()
    } catch (error) {
      if (left <= 1 || !(error instanceof RpcError) || error.code !== NETWORK) throw error
      await wait(pause)
    }
  }
}

/**
 * Uploads a file of the device.
 *
 * @param progress called with 0 to 100
 */
export function upload(
  kind: Kind, path: string, progress: (percent: number) => void,
): Promise<Uploaded> {
  return loggedIn(() => persist(() => send(kind, path, progress)))
}

async function send(
  kind: Kind, path: string, progress: (percent: number) => void,
): Promise<Uploaded> {
  const url = await bridge('upload')
  const broken = new RpcError(NETWORK, '上传中断，请检查网络后点“重试”。')
  return new Promise((resolve, reject) => {
    const task = uni.uploadFile({
      url,
      filePath: path,
      name: 'file',
      formData: { kind },
      header: headers(),
      success: ({ data }) => {
        const answer = parse(data)
        if (!answer) reject(broken)
        else if ('error' in answer) reject(asError(answer.error))
        else resolve(answer)
      },
      fail: () => reject(broken),
    })
    task.onProgressUpdate(({ progress: percent }) => progress(percent))
  })
}

function parse(data: string): Uploaded | { error: ErrorBody } | null {
  try {
    return JSON.parse(data)
  } catch {
    return null
  }
}

/** Returns a local path with which an own file can be shown. */
export function download(file: string): Promise<string> {
  return loggedIn(async () => {
    const url = await bridge(`file/${file}`)
    return new Promise((resolve, reject) => {
      const failed = new RpcError(NETWORK, '图片没有显示，请检查网络。')
      uni.downloadFile({
        url,
        header: headers(),
        success: ({ statusCode, tempFilePath }) =>
          statusCode === 200 ? resolve(tempFilePath) : reject(failed),
        fail: () => reject(failed),
      })
    })
  })
}
