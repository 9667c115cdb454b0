# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""catalog.* and organizer.*: what the form offers, open to everybody."""
from trytond.pool import Pool

from .calls import Caller
from .protocol import method
from .types import Option, Options, Organizer


@method('catalog.options', readonly=True)
def options(caller: Caller) -> Options:
    "Return the choices of the registration form."
    return Options(
        sexes=_selection('training.trainee', 'sex'),
        educations=_records('education'),
        majors=_records('major'),
        subjects=_records('subject'),
        industries=_selection('training.registration', 'industry'),
        exam_types=_selection('training.registration', 'exam_type'),
        work_years=_selection('training.registration', 'work_years'),
        invoice_kinds=_selection('training.registration', 'invoice_kind'))


def _selection(model, field):
    definition = Pool().get(model).fields_get([field])[field]
    return [
        Option(value=value, label=label)
        for value, label in definition['selection'] if value]


def _records(name):
    Model = Pool().get(f'training.{name}')
    return [Option(value=r.id, label=r.name) for r in Model.search([])]


@method('organizer.list', readonly=True)
def organizers(caller: Caller) -> list[Organizer]:
    "Return the organizing units (组织单位)."
    Company = Pool().get('company.company')
    return [
        Organizer(id=c.id, name=c.rec_name, notice=c.training_notice or None)
        for c in Company.search([('training', '=', True)])]
