/** A file of the server as a form keeps it. */
export interface Stored {
  file: string
  mime_type: string
  warnings: string[]
}
