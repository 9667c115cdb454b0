// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/** A file of the server as a form keeps it. */
export interface Stored {
  file: string
  mime_type: string
  warnings: string[]
}
