// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { privacy } from '@/api'
import { logIn } from '@/api/rpc'
import { go, home } from '@/navigation'

let accepted = false
let asked = false

/** Says that the notice is accepted, or (after a logout) no longer known to be. */
export function setAccepted(value: boolean) {
  accepted = value
}

/**
 * Opens the privacy notice unless this person has accepted it: before anything personal
 * is typed. Who comes back without accepting is led home.
 */
export async function requirePrivacy() {
  if (accepted) return
  await logIn()
  accepted = (await privacy.get()).accepted
  const refused = asked && !accepted
  asked = !accepted && !refused
  if (refused) home()
  else if (asked) go('privacy')
}
