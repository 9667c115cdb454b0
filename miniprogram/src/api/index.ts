// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/** One function a method of the bridge, by area. */
import { call } from './rpc'
import { clearToken, token } from './token'
import type { Methods } from './types'

type Params<M extends keyof Methods> = Methods[M]['params']

export const auth = {
  phone: (code: string) => call('auth.phone', { code }),
  async logout() {
    if (token()) await call('auth.logout', {})
    clearToken()
  },
}

export const privacy = {
  get: () => call('privacy.get', {}),
  accept: (version: string) => call('privacy.accept', { version }),
}

export const profile = {
  get: () => call('profile.get', {}),
  save: (form: Params<'profile.save'>) => call('profile.save', form),
  claim: (name: string, id_number: string) => call('profile.claim', { name, id_number }),
}

export const catalog = {
  options: () => call('catalog.options', {}),
}

export const organizers = {
  list: () => call('organizer.list', {}),
}

export const sessions = {
  list: (filter: Params<'session.list'>) => call('session.list', filter),
  get: (id: number) => call('session.get', { id }),
}

export const registrations = {
  submit: (form: Params<'registration.submit'>) => call('registration.submit', form),
  resubmit: (form: Params<'registration.resubmit'>) => call('registration.resubmit', form),
  list: (filter: Params<'registration.list'>) => call('registration.list', filter),
  get: (id: number) => call('registration.get', { id }),
  cancel: (id: number) => call('registration.cancel', { id }),
  refund: (registration: number, reason: string) =>
    call('refund.request', { registration, reason }),
  ticket: (registration: number, kind: Params<'ticket.get'>['kind']) =>
    call('ticket.get', { registration, kind }),
}

export const titles = {
  list: () => call('invoice_title.list', {}),
  save: (title: Params<'invoice_title.save'>) => call('invoice_title.save', title),
  delete: (id: number) => call('invoice_title.delete', { id }),
}

export const invoices = {
  get: (registration: number) => call('invoice.get', { registration }),
  change: (form: Params<'invoice.change'>) => call('invoice.change', form),
  request: (form: Params<'invoice.request'>) => call('invoice.request', form),
  reissue: (form: Params<'invoice.reissue'>) => call('invoice.reissue', form),
}

export const payments = {
  prepay: (registration: number) => call('payment.prepay', { registration }),
  status: (registration: number) => call('payment.status', { registration }),
}

export const messages = {
  list: (part: Params<'message.list'>) => call('message.list', part),
  read: (ids?: number[]) => call('message.read', { ids }),
  templates: () => call('message.templates', {}),
  subscribed: (templates: Params<'message.subscribed'>['templates']) =>
    call('message.subscribed', { templates }),
}
