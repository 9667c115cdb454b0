// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { address } from '@/api/rpc'
import type { DocumentView, Registration } from '@/api/types'

const NAMES = { photo: '证件照', education_proof: '学历证明', work_proof: '工作证明' }

/** An uploaded document and where it can be seen. */
export interface Shown extends DocumentView {
  kind: string
  name: string
  address: string
}

/** Returns the documents of a registration, those that there are. */
export async function documentsOf({ documents }: Registration): Promise<Shown[]> {
  const shown: Shown[] = []
  for (const kind of ['photo', 'education_proof', 'work_proof'] as const) {
    const document = documents[kind]
    if (document) {
      shown.push({ ...document, kind, name: NAMES[kind], address: await address(document.url) })
    }
  }
  return shown
}
