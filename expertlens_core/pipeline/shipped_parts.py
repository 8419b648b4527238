"""What the pages ask for first of each part of the shipped results."""

from dataclasses import replace

from ..analysis.similarity_matrix import MEASURE_NAMES
from ..artefacts import ArrayFile, ArtefactKey, Artefacts
from ..errors import InputError
from ..experts.expert_set import TAUS
from ..run import Run
from .evidence.causality import causality
from .evidence.request import CausalityRequest
from .finding.find import counts
from .finding.plan import plan_find
from .finding.request import FindRequest
from .finding.scored import scored
from .looking.lens_table import LensRequest, known_scores
from .meaning.alignment import AlignRequest, align_judgments
from .meaning.domains import DomainRequest, communities_of, concept_map, domains
from .meaning.pair import overlap_of
from .meaning.similarity import matrices_of
from .when.stability import stability
from .when.stability_request import StabilityRequest, spread_concepts
from .writing.calibrate import known_calibration

PARTS = ("expertise", "maps", "alignment", "doses", "story", "evidence", "stability", "lens")
BUILT_IN_JUDGMENTS = "men-in-the-box"


class Asking(Artefacts):
    """A store that notes the keys it is asked for, other than the AP matrix; where `strict`, none may be missing."""

    def __init__(self, store: Artefacts, strict: bool = False) -> None:
        self.__dict__.update(store.__dict__)  # the same cache, with the same records and locks
        self.asked: dict[str, ArtefactKey] = {}
        self._strict = strict

    def get(self, key: ArtefactKey, mapped: bool = True) -> ArrayFile | None:
        """As `Artefacts.get`; raises InputError for what is missing and must not be."""
        found = super().get(key, mapped)
        if key.stage != "ap matrix":
            self.asked[key.digest] = key
            if found is None and self._strict:
                raise InputError(f"there is no {key.label or key.stage} ({key.stage}): compute it first")
        return found


def request_of(part: str, request: FindRequest, judgments: str) -> FindRequest:
    """The request that a part answers: the built-in judgments are compared with their own concepts."""
    own = part == "alignment" and judgments == BUILT_IN_JUDGMENTS
    return replace(request, library="men") if own else request


def ask(part: str, request: FindRequest, store: Artefacts, judgments: str = BUILT_IN_JUDGMENTS) -> None:
    """Ask a store for everything that the pages show first of a part."""
    run = Run(store, complete=False)
    match part:
        case "maps":
            counts(request, run)
            found = scored(request, run)
            _ = found.prevalences
            matrices_of(found, MEASURE_NAMES, TAUS)
            asked = DomainRequest(find=request)
            for stage in (concept_map, domains, communities_of):
                stage(asked, run)
            overlap_of(found, asked)
        case "alignment":
            whole = AlignRequest(request_of(part, request, judgments), judgments, taus=TAUS, places=False)
            align_judgments(whole, run)
            bare = replace(whole, taus=TAUS[:1], measures=("jaccard",), baselines=(), places=True)
            align_judgments(bare, run)
        case "doses":
            plan = plan_find(request, run)
            for concept in plan.keys:
                known_calibration(plan, concept, run)
        case "evidence":
            causality(CausalityRequest(request), run.at_hand(compute=False))
        case "stability":
            few = spread_concepts(run.library_named(request.library))
            stability(StabilityRequest(replace(request, names=few)), run.at_hand(compute=False))
        case "lens":
            known_scores(LensRequest(request), run)
        case "expertise":
            for key in plan_find(request, run).keys.values():
                store.get(key)
