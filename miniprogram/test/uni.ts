// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/** A stand-in for `uni` in unit tests: storage that works, and calls that are noted. */
import { vi } from 'vitest'

export function fakeUni() {
  const storage = new Map<string, unknown>()
  const uni = {
    getStorageSync: (key: string) => storage.get(key) ?? '',
    setStorageSync: (key: string, value: unknown) => {
      storage.set(key, JSON.parse(JSON.stringify(value)))
    },
    removeStorageSync: (key: string) => { storage.delete(key) },
    getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
    request: vi.fn(),
    showModal: vi.fn(({ complete }: { complete?: () => void }) => complete?.()),
    stopPullDownRefresh: vi.fn(),
  }
  vi.stubGlobal('uni', uni)
  return { uni, storage }
}
