# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""invoice_title.*: the page 编辑发票 (manual, step 2, 3.7)."""
from trytond.pool import Pool

from .calls import Caller
from .protocol import method
from .types import SavedTitle, Title


@method('invoice_title.list', readonly=True)
def list_(caller: Caller) -> list[SavedTitle]:
    "Return the caller's invoice titles."
    Title_ = Pool().get('training.invoice.title')
    titles = Title_.search([
            ('trainee', '=', caller.trainee.id), ('deleted', '=', False)])
    return [_view(t) for t in titles]


@method('invoice_title.save', form=Title)
def save(caller: Caller, form: Title) -> SavedTitle:
    "Save a title, a new one without an id."
    Title_ = Pool().get('training.invoice.title')
    return _view(Title_.keep(caller.trainee.id, form.model_dump()))


@method('invoice_title.delete')
def delete(caller: Caller, id: int) -> bool:
    "Delete a title; registrations that use it keep it."
    Title_ = Pool().get('training.invoice.title')
    Title_.write([Title_.of(caller.trainee.id, id)], {'deleted': True})
    return True


def _view(title):
    names = Title.model_fields.keys()
    return SavedTitle(
        **{name: getattr(title, name) for name in names}, warnings=title.warnings)
