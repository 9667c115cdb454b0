# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import hashlib
import secrets

from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import inactive_records

from . import clock, media
from .company import OfUnits
from .exceptions import InvalidFields, NotFound

KINDS = [
    ('photo', "Photo"),
    ('education_proof', "Education Proof"),
    ('work_proof', "Work Proof"),
    ('avatar', "Avatar"),
    ]


class Document(OfUnits, ModelSQL, ModelView):
    "What a trainee uploaded"
    __name__ = 'training.document'
    _companies_path = 'trainee.registrations.company'

    name = fields.Char(
        "Name", required=True, readonly=True,
        help="The opaque name on the wire: it can not be guessed.")
    trainee = fields.Many2One(
        'training.trainee', "Trainee", required=True, readonly=True,
        ondelete='CASCADE')
    kind = fields.Selection(KINDS, "Kind", required=True, readonly=True)
    kind_string = kind.translated('kind')
    data = fields.Binary(
        "Data", file_id='file_id', store_prefix='supervision_training',
        filename='file_name', readonly=True)
    file_id = fields.Char("File", readonly=True)
    file_name = fields.Function(fields.Char("File Name"), 'get_file_name')
    mime_type = fields.Char("Type", required=True, readonly=True)
    width = fields.Integer("Width (px)", readonly=True)
    height = fields.Integer("Height (px)", readonly=True)
    digest = fields.Char("Digest", readonly=True, help="SHA-256 of the data.")
    warnings = fields.MultiSelection(
        'get_warnings', "Warnings", readonly=True,
        help="What the automatic judgement found doubtful.")
    uploaded_at = fields.DateTime("Uploaded", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints.append(
            ('name_unique', Unique(t, t.name),
                'supervision_training.msg_document_unique'))
        cls._sql_indexes.update({
                Index(t, (t.trainee, Index.Equality())),
                Index(t, (t.uploaded_at, Index.Range())),
                Index(t, (Coalesce(t.digest, ''), Index.Equality())),
                })

    def get_rec_name(self, name):
        return f'{self.trainee.rec_name} {self.kind_string}'

    def get_file_name(self, name):
        extension = self.mime_type.rpartition('/')[2].replace('jpeg', 'jpg')
        return f'{self.kind_string}-{self.id}.{extension}'

    @classmethod
    def get_warnings(cls):
        return [
            (w, gettext(f'supervision_training.msg_media_{w}'))
            for w in media.WARNINGS]

    @property
    def warning_texts(self):
        texts = dict(self.get_warnings())
        return [texts[w] for w in self.warnings or []]

    @property
    def used_by_others(self):
        "Return whether another trainee uploaded the same file"
        return bool(self.search([
                    ('digest', '=', self.digest),
                    ('trainee', '!=', self.trainee.id),
                    ], limit=1))

    @staticmethod
    def judge(kind, data):
        """Judge an upload; slow, so outside of any lock.

        :param kind: 'photo', 'education_proof', 'work_proof' or 'avatar'.
        :param data: the bytes, whatever they claim to be.
        :returns: what the media floor made of them.
        :raises InvalidFields: with the reason and the way out.
        """
        judges = {
            'photo': media.judge_photo,
            'avatar': media.judge_avatar,
            }
        try:
            return judges.get(kind, media.judge_document)(data)
        except media.Refused as refused:
            raise InvalidFields({
                    kind: gettext(
                        f'supervision_training.msg_media_{refused.reason}',
                        **refused.values)})

    @classmethod
    def keep(cls, trainee, kind, judged):
        """Keep what :meth:`judge` accepted; the same data again is the same record.

        :param trainee: the id of the owner.
        """
        digest = hashlib.sha256(judged.data).hexdigest()
        same = cls.search([
                ('trainee', '=', trainee),
                ('kind', '=', kind),
                ('digest', '=', digest),
                ], limit=1)
        if same:
            cls.write(same, {'uploaded_at': clock.now()})
            return same[0]
        document, = cls.create([{
                    'name': secrets.token_urlsafe(24),
                    'trainee': trainee,
                    'kind': kind,
                    'data': judged.data,
                    'mime_type': judged.mime_type,
                    'width': judged.width,
                    'height': judged.height,
                    'digest': digest,
                    'warnings': list(judged.warnings),
                    'uploaded_at': clock.now(),
                    }])
        return document

    @classmethod
    def of(cls, trainee, name, kind=None):
        """Return the document of a trainee by its opaque name.

        :raises NotFound: there is none, it is another's or of another kind.
        """
        domain = [('name', '=', name), ('trainee', '=', trainee)]
        if kind:
            domain.append(('kind', '=', kind))
        try:
            document, = cls.search(domain)
        except ValueError:
            raise NotFound(gettext('supervision_training.msg_file_missing'))
        return document

    @classmethod
    @inactive_records
    def clean(cls):
        "Delete the uploads that nothing uses (a scheduled task)"
        pool = Pool()
        Registration = pool.get('training.registration')
        Trainee = pool.get('training.trainee')
        hours = pool.get('training.configuration')(1).orphan_hours
        before = clock.now() - dt.timedelta(hours=hours)
        uses = [
            (Registration, 'photo'),
            (Registration, 'education_proof'),
            (Registration, 'work_proof'),
            (Trainee, 'avatar'),
            ]
        for documents in grouped_slice(cls.search([('uploaded_at', '<', before)])):
            documents = set(documents)
            for Model, field in uses:
                documents -= {getattr(record, field) for record in Model.search([
                            (field, 'in', [d.id for d in documents])])}
            cls.delete(list(documents))
