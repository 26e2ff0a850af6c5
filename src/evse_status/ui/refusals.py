"""How is a refusal said next to the field it is about?"""

from collections.abc import Mapping

from streamlit.delta_generator import DeltaGenerator

from evse_status.core.errors import EvseStatusError
from evse_status.ui.texts import plain


def sentence(error: EvseStatusError) -> str:
    """What is wrong and what to do, without the field's name: the sentence stands beside it."""
    text = error.message.removeprefix(f"{error.field}: ")
    return text[:1].upper() + text[1:]


def show_beside(
    error: EvseStatusError, places: Mapping[str, DeltaGenerator], otherwise: DeltaGenerator
) -> None:
    """Write the refusal into the place of its field, or into `otherwise` if it has none here."""
    place = places.get(error.field or "", otherwise)
    place.error(plain(sentence(error)), icon=":material/error:")
