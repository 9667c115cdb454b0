# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""profile.*: the page 修改个人资料 (manual, step 1)."""
from trytond.pool import Pool

from ..form import check_privacy
from .calls import Caller
from .limits import Limit
from .protocol import method
from .types import Profile, ProfileForm

# By trainee: nobody is to try identities out.
SAVES = Limit(60, 60)


@method('profile.get', readonly=True)
def get(caller: Caller) -> Profile:
    "Return the caller's profile."
    return view(caller.trainee)


@method('profile.save', form=ProfileForm)
def save(caller: Caller, form: ProfileForm) -> Profile:
    """Save any part of the profile.

    The first save brings name, sex and id_number, and locks them.
    """
    Document = Pool().get('training.document')
    trainee = caller.trainee
    SAVES.check(trainee.id)
    check_privacy(trainee)
    values = form.model_dump(exclude_none=True)
    if avatar := values.get('avatar'):
        values['avatar'] = Document.of(trainee.id, avatar, 'avatar')
    trainee.save_profile(values)
    return view(trainee)


@method('profile.claim')
def claim(caller: Caller, name: str, id_number: str) -> bool:
    "Ask staff to move an identity, bound to another account, to the caller's."
    Claim = Pool().get('training.trainee.claim')
    trainee = caller.trainee
    SAVES.check(trainee.id)
    check_privacy(trainee)
    Claim.ask(trainee, name, id_number)
    return True


def view(trainee):
    return Profile(
        name=trainee.name, sex=trainee.sex, id_number=trainee.id_number_masked,
        mobile=trainee.mobile, email=trainee.email, address=trainee.address,
        employer=trainee.employer,
        avatar=trainee.avatar.name if trainee.avatar else None,
        locked=trainee.confirmed)
