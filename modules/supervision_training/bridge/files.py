# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The files that the bridge takes in and hands out."""
from pathlib import Path
from urllib.parse import quote

from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.protocols.wrappers import Response

from ..exceptions import NotAllowed, NotFound
from . import links

WORK_CERTIFICATE = Path(__file__).parent.parent / 'report' / 'work_certificate.docx'
PAPERS = {
    'attendance': 'training.registration.attendance',
    'admission': 'training.registration.admission',
    'certificate': 'training.certificate',
    }
DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'


def uploaded(document):
    "Return what the wire tells of an upload"
    answer = {
        'file': document.name,
        'url': links.document(document).url,
        'mime_type': document.mime_type,
        'warnings': document.warning_texts,
        }
    if document.width:
        answer |= {'width': document.width, 'height': document.height}
    return answer


def document(caller, name, signed):
    """Return a document as a response.

    :param signed: whether a genuine link asks for it; otherwise its owner must.
    :raises NotLoggedIn, NotFound:
    """
    Document = Pool().get('training.document')
    if signed:
        documents = Document.search([('name', '=', name)])
        if not documents:
            raise NotFound(gettext('supervision_training.msg_file_missing'))
        found = documents[0]
    else:
        found = Document.of(caller.trainee.id, name)
    return _response(found.data, found.mime_type, found.file_name)


def ticket(caller, id, kind, signed):
    """Return a paper of a registration as a response.

    :raises NotAllowed: the link is not genuine, or has expired.
    :raises NotFound: the certificate has been revoked meanwhile.
    """
    pool = Pool()
    if not signed or kind not in PAPERS:
        raise NotAllowed(gettext('supervision_training.msg_not_allowed'))
    record = pool.get('training.registration')(id)
    if kind == 'certificate':
        record = record.certificate
    if not record:
        raise NotFound(gettext('supervision_training.msg_ticket_missing'))
    Report = pool.get(PAPERS[kind], type='report')
    extension, content, _, name = Report.execute([record.id], {})
    return _response(content, 'application/pdf', f'{name}.{extension}')


def invoice(caller, id, kind, signed):
    """Return a file of an invoice as a response.

    :raises NotAllowed: the link is not genuine, or has expired.
    :raises NotFound: there is no such file.
    """
    if not signed:
        raise NotAllowed(gettext('supervision_training.msg_not_allowed'))
    File = Pool().get('training.invoice.file')
    for file in File.search([('invoice', '=', id), ('kind', '=', kind)]):
        return _response(file.data, file.mime_type, file.file_name)
    raise NotFound(gettext('supervision_training.msg_file_missing'))


def work_certificate(company):
    """Return the form of the work certificate as a response.

    :param company: the id of a unit, whose own form goes before the standard one.
    """
    Company = Pool().get('company.company')
    for unit in Company.search([('id', '=', company), ('training', '=', True)]):
        if unit.work_certificate:
            return _response(
                unit.work_certificate, 'application/octet-stream',
                unit.work_certificate_name or 'work-certificate')
    return _response(WORK_CERTIFICATE.read_bytes(), DOCX, WORK_CERTIFICATE.name)


def _response(data, mime_type, name):
    response = Response(bytes(data), content_type=mime_type)
    response.headers['Content-Disposition'] = f"inline; filename*=UTF-8''{quote(name)}"
    response.headers['X-Content-Type-Options'] = 'nosniff'
    response.headers['Content-Security-Policy'] = "default-src 'none'; sandbox"
    response.headers['Cache-Control'] = 'private, no-store'
    return response
