// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/** Staff of an organizing unit, through Tryton's own JSON-RPC. */
export interface Staff {
  approve(registration: number): Promise<void>
  /** Rejects with words of one's own, marking fields. */
  reject(registration: number, text: string, marked: string[]): Promise<void>
  refuseRefund(registration: number, reason: string): Promise<void>
}

/**
 * Logs a member of staff in.
 *
 * @param url the server with the database: http://127.0.0.1:8000/demo
 */
export async function logInStaff(url: string, login: string, password: string): Promise<Staff> {
  const headers: Record<string, string> = { 'Content-Type': 'application/json' }

  async function rpc(method: string, ...params: unknown[]): Promise<unknown> {
    const answer = await fetch(`${url}/rpc/`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ id: 0, method, params }),
    })
    const { result, error } = await answer.json() as { result: unknown, error?: unknown }
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`)
    return result
  }

  async function wizard(name: string, model: string, id: number, form: object, button: string) {
    const context = { active_model: model, active_id: id, active_ids: [id], company_filter: 'one' }
    const [session] = await rpc(`wizard.${name}.create`, context) as [number]
    await rpc(`wizard.${name}.execute`, session, { start: form }, button, context)
    await rpc(`wizard.${name}.delete`, session, context)
  }

  const [user, session] = await rpc('common.db.login', login, { password }, 'zh_CN') as [number, string]
  const token = Buffer.from(`${login}:${user}:${session}`).toString('base64')
  headers.Authorization = `Session ${token}`

  return {
    approve: async (registration) => {
      await rpc('model.training.registration.approve', [registration], {})
    },
    reject: (registration, text, marked) => wizard(
      'training.registration.reject', 'training.registration', registration,
      { reasons: [], text, marked }, 'reject'),
    refuseRefund: async (registration, reason) => {
      const [refund] = await rpc(
        'model.training.refund.search', [['registration', '=', registration]], 0, 1, null, {}) as number[]
      await wizard('training.refund.reject', 'training.refund', refund, { reason }, 'reject')
    },
  }
}
