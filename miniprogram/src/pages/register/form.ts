// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import type { Profile, Registration, Session } from '@/api/types'
import type { Stored } from '@/components/stored'
import type { InvoiceKind, Params } from './choices'


/** The registration form as it is typed; names with a dot are those of the wire's errors. */
export interface Form {
  session: number | null
  region: number | null
  mobile: string
  education: number | null
  education_proof: Stored | null
  education_code: string
  education_valid_until: string
  work_years: Params['work_years'] | ''
  work_proof: Stored | null
  major: number | null
  subjects: number[]
  exam_type: Params['exam_type'] | ''
  photo: Stored | null
  industry: Params['industry'] | ''
  employer: string
  certificate_address: string
  textbook_same_address: boolean
  textbook_address: string
  wants_invoice: boolean
  'invoice.kind': InvoiceKind | ''
  'invoice.title': number | null
  'invoice.email': string
}

export function emptyForm(): Form {
  return {
    session: null, region: null, mobile: '', education: null, education_proof: null,
    education_code: '', education_valid_until: '', work_years: '', work_proof: null,
    major: null, subjects: [], exam_type: '', photo: null, industry: '', employer: '',
    certificate_address: '', textbook_same_address: true, textbook_address: '',
    wants_invoice: false, 'invoice.kind': '', 'invoice.title': null, 'invoice.email': '',
  }
}

/** Returns what a new form takes over from the profile and the session. */
export function begin(profile: Profile, session: Session): Partial<Form> {
  return {
    ...forSession(session),
    mobile: profile.mobile ?? '',
    employer: profile.employer ?? '',
    certificate_address: profile.address ?? '',
    'invoice.email': profile.email ?? '',
  }
}

/** Returns what changes when the form is for another session. */
export function forSession(session: Session): Partial<Form> {
  const [region, ...others] = session.regions
  return {
    session: session.id,
    region: region && !others.length ? region.id : null,
    subjects: session.subjects.map(subject => Number(subject.value)),
    ...(session.industry ? { industry: session.industry } : {}),
  }
}

/** Returns the form of a registration that is submitted again. */
export function again({ form, documents }: Registration): Partial<Form> {
  const { invoice, ...rest } = form
  return {
    ...rest,
    education_code: form.education_code ?? '',
    education_valid_until: form.education_valid_until ?? '',
    textbook_same_address: form.textbook_same_address ?? true,
    textbook_address: form.textbook_address ?? '',
    ...documents,
    wants_invoice: Boolean(invoice),
    'invoice.kind': invoice?.kind ?? '',
    'invoice.title': invoice?.title ?? null,
    'invoice.email': invoice?.email ?? '',
  }
}

/** Returns the form as the wire has it; what is not filled in is null for the server to name. */
export function toParams(form: Form): Omit<Params, 'client_ref'> {
  const {
    wants_invoice, 'invoice.kind': kind, 'invoice.title': title, 'invoice.email': email, ...rest
  } = form
  const params = {
    ...rest,
    mobile: form.mobile.trim() || null,
    employer: form.employer.trim() || null,
    certificate_address: form.certificate_address.trim() || null,
    education_proof: form.education_proof?.file ?? null,
    education_code: form.education_code || null,
    education_valid_until: form.education_valid_until || null,
    work_years: form.work_years || null,
    work_proof: form.work_proof?.file ?? null,
    exam_type: form.exam_type || null,
    photo: form.photo?.file ?? null,
    industry: form.industry || null,
    textbook_address: form.textbook_same_address ? null : form.textbook_address,
    invoice: wants_invoice ? withoutNulls({ kind: kind || null, title, email: email.trim() || null }) : null,
  }
  return params as Omit<Params, 'client_ref'>
}

function withoutNulls(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
}
