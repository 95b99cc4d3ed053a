"""Other people's names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from modelgate.errors import did_you_mean
from modelgate.escape import shown
from modelgate.perturb import SettingError, perturbation
from modelgate.perturb.material.dice import Dice
from modelgate.perturb.material.people import another, bearers, known
from modelgate.perturb.material.words import WORD, straight, words


@perturbation(of="text")
def name_swap(texts: Sequence[str], *, seed: int, origin: str | None = None) -> list[str]:
    """Each given name becomes another that the same sex bears; the same name, the same other one.

    A good model answers as before, whoever is spoken of. Names are known from a list of some 300,
    by their capital; a text without one of them stays as it is.

    Settings: origin, where the new names are common: english, spanish, german, slavic, arabic,
        indian, east_asian, african or african_american; where the old one is where left out.
    Source: M. T. Ribeiro et al. (2020), "Beyond accuracy: behavioral testing of NLP models with
        CheckList", ACL; M. Bertrand and S. Mullainathan (2004), "Are Emily and Greg more employable
        than Lakisha and Jamal?", American Economic Review 94(4), 991-1013.
    """
    origins = words("names")
    if origin is not None and origin not in origins:
        raise SettingError(f"'origin' can't be {shown(origin)}; {did_you_mean(origin, origins)}")

    def swapped(text: str) -> str:
        def other(found: re.Match[str]) -> str:
            name, apostrophe, rest = straight(found[0]).partition("'")
            person = known(name)
            if person is None:
                return found[0]
            home, sex = bearers()[person]
            new = another(person, origin or home, sex, Dice(seed, f"{person}\0{text}"))
            return (new.upper() if name.isupper() else new) + apostrophe + rest

        return WORD.sub(other, text)

    return [swapped(text) for text in texts]
