// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { onHide, onUnload } from '@dcloudio/uni-app'
import { ref } from 'vue'
import { useDraft } from './draft'
import { useErrors } from './errors'

/**
 * A page's form: what is typed is kept until it is sent, errors stand at their fields.
 *
 * `send` runs what sends the form, with `busy` set meanwhile, and shows what it throws.
 *
 * @param order the fields' names from top to bottom
 * @param secret names of values that are never written to the device
 */
export function useForm<T extends object>(
  empty: () => T, order: readonly string[], secret: readonly string[] = [],
) {
  const draft = useDraft(empty, secret)
  const form = draft.values
  const busy = ref(false)
  const { errors, set, show } = useErrors(form as Record<string, unknown>, order)

  onHide(() => draft.save())
  onUnload(() => draft.save())

  async function send(action: () => Promise<void>) {
    busy.value = true
    try {
      await action()
    } catch (problem) {
      await show(problem)
    } finally {
      busy.value = false
    }
  }

  return { draft, form, errors, set, busy, send }
}
