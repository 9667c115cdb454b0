// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import type { InvoiceWish, Methods, Option, Session, SessionItem } from '@/api/types'
import { day } from '@/format'
import { SESSION_STATUS } from '@/words'

export type Params = Methods['registration.submit']['params']
export type InvoiceKind = InvoiceWish['kind']

/** A choice of a list, whose value may not be chosen yet. */
interface Choice {
  value: number | null
  label: string
  hint?: string
  disabled?: boolean
}

/** Returns the sessions of a unit as choices; the chosen one is always among them. */
export function periodChoices(sessions: SessionItem[], chosen: Session): Choice[] {
  const all = sessions.some(({ id }) => id === chosen.id) ? sessions : [chosen, ...sessions]
  return all.map(({ id, name, status, exam_date }) => ({
    value: id, label: name, hint: `${SESSION_STATUS[status].text} · 考试 ${day(exam_date)}`,
  }))
}

/** Returns the regions of a session with their seats; who may not wait can not choose a full one. */
export function regionChoices({ regions, waiting_list }: Session): Choice[] {
  return regions.map(({ id, name, seats_left, venue }) => {
    const seats = seats_left ? `剩余 ${seats_left} 个名额` : '名额已满'
    return {
      value: id,
      label: name,
      hint: venue ? `${seats} · ${venue}` : seats,
      disabled: !seats_left && !waiting_list,
    }
  })
}

/** Returns options whose values are ids. */
export function ids(options: Option[]): { value: number, label: string }[] {
  return options.map(({ value, label }) => ({ value: Number(value), label }))
}

/** Returns options whose values are texts of the wire. */
export function texts<V extends string>(options: Option[]): { value: V, label: string }[] {
  return options.map(({ value, label }) => ({ value: value as V, label }))
}
