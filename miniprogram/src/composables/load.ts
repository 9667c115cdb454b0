// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { ref, type Ref } from 'vue'

/** Something that a page loads: with `error` set, `data` may still be the last one. */
export interface Loaded<T> {
  data: Ref<T | null>
  loading: Ref<boolean>
  error: Ref<string>
  load(): Promise<void>
}

/** Returns something to load; nothing happens before `load`. */
export function useLoad<T>(fetch: () => Promise<T>): Loaded<T> {
  const data = ref(null) as Ref<T | null>
  const loading = ref(false)
  const error = ref('')

  async function load() {
    loading.value = true
    error.value = ''
    try {
      data.value = await fetch()
    } catch (problem) {
      error.value = (problem as Error).message
    } finally {
      loading.value = false
      uni.stopPullDownRefresh()
    }
  }

  return { data, loading, error, load }
}

/** A part of a list, as the wire has it. */
interface Part<T> {
  items: T[]
  next?: string | null
}

/** Returns a list that is loaded part by part: `load` begins anew, `more` goes on. */
export function useParts<T, P extends Part<T> = Part<T>>(
  fetch: (cursor: string | null) => Promise<P>,
) {
  const items = ref([]) as Ref<T[]>
  const next = ref<string | null>(null)
  let latest = 0

  const first = useLoad(async () => {
    const turn = ++latest
    const part = await fetch(null)
    if (turn === latest) take(part, [])
    return part
  })

  function take(part: P, before: T[]) {
    items.value = [...before, ...part.items]
    next.value = part.next ?? null
  }

  async function more() {
    if (!next.value || first.loading.value) return
    const turn = ++latest
    const cursor = next.value
    next.value = null
    try {
      const part = await fetch(cursor)
      if (turn === latest) take(part, items.value)
    } catch {
      next.value = cursor
    }
  }

  return { ...first, items, next, more }
}
