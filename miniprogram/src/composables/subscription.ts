// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { messages } from '@/api'
import type { Template } from '@/api/types'
import { platform } from '@/platform'

/**
 * Asks at a tap whether messages may be sent. `prepare` it when the page opens: WeChat
 * allows no waiting between the tap and the question.
 */
export function useSubscription(moment: Template['moment']) {
  let templates: string[] = []

  async function prepare() {
    try {
      const known = await messages.templates()
      templates = known.filter(template => template.moment === moment).map(({ id }) => id)
    } catch {
      templates = []
    }
  }

  async function ask() {
    const answers = await platform.askSubscription(templates)
    if (answers) await messages.subscribed(answers).catch(() => {})
  }

  return { prepare, ask }
}
