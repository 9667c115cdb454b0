// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { nextTick, reactive, shallowRef, watch } from 'vue'
import { RpcError } from '@/api/rpc'
import { tell } from '@/navigation'

/** The field that is to scroll itself into sight. */
export const wanted = shallowRef<{ name: string }>()

/** Returns the first name, in the form's order, that has an error. */
export function firstWithError(
  order: readonly string[], fields: Record<string, string>,
): string | undefined {
  return order.find(name => name in fields)
}

/**
 * Keeps the error of each field of a form.
 *
 * `show` puts the errors of an answer at their fields and scrolls to the first one; what
 * belongs to no field of the form is told in a dialog. An error goes when its field changes.
 *
 * @param order the fields' names from top to bottom
 */
export function useErrors(form: Record<string, unknown>, order: readonly string[]) {
  const errors = reactive<Record<string, string>>({})
  for (const name of order) watch(() => form[name], () => { delete errors[name] })

  function set(fields: Record<string, string>) {
    for (const name in errors) delete errors[name]
    Object.assign(errors, fields)
  }

  async function show(error: unknown) {
    const fields = error instanceof RpcError ? error.fields : {}
    set(fields)
    const first = firstWithError(order, fields)
    if (!first) {
      const messages = Object.values(fields)
      return tell(messages.length ? messages.join('\n') : (error as Error).message)
    }
    await nextTick()
    wanted.value = { name: first }
  }

  return { errors, set, show }
}
