// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { reactive, ref, watch } from 'vue'

const PREFIX = 'draft:'
/** How long typing must rest before it is written (ms). */
const REST = 300

/** Returns a key of 32 hexadecimal digits for something that is submitted once. */
export function newReference(): string {
  return Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16)).join('')
}

interface Kept<T> {
  reference: string
  values: T
}

/**
 * Keeps what is typed on the device until it is submitted.
 *
 * `open` takes up the draft of a key, or begins one with the given values; `reference`
 * stays the same for the draft's whole life. `discard` forgets it.
 *
 * @param secret names of values that are never written to the device
 */
export function useDraft<T extends object>(empty: () => T, secret: readonly string[] = []) {
  const values = reactive(empty()) as T
  const reference = ref('')
  const restored = ref(false)
  let key = ''
  let timer: ReturnType<typeof setTimeout> | undefined

  function open(name: string, initial: Partial<T> = {}) {
    save()
    key = PREFIX + name
    const kept = uni.getStorageSync(key) as Kept<T> | ''
    restored.value = Boolean(kept)
    reference.value = kept ? kept.reference : newReference()
    Object.assign(values, empty(), initial, kept ? kept.values : {})
    cancel()
  }

  function cancel() {
    clearTimeout(timer)
    timer = undefined
  }

  /** Writes what is not written yet: when the page is left, and (always) before a submit. */
  function save(always = false) {
    if (!key || !(timer || always)) return
    cancel()
    const kept = Object.entries(values).filter(([name]) => !secret.includes(name))
    uni.setStorageSync(key, { reference: reference.value, values: Object.fromEntries(kept) })
  }

  function discard() {
    cancel()
    if (key) uni.removeStorageSync(key)
    key = ''
  }

  watch(values, () => {
    if (!key) return
    clearTimeout(timer)
    timer = setTimeout(() => save(), REST)
  }, { flush: 'sync' })

  return { values, reference, restored, open, save, discard }
}

/** Forgets all drafts: the device may pass to another person. */
export function discardDrafts() {
  for (const key of uni.getStorageInfoSync().keys) {
    if (key.startsWith(PREFIX)) uni.removeStorageSync(key)
  }
}
