"""The book's own claims: each is measured often enough, and reached or honestly argued."""

import pytest

from labhelpers.lesson.claims import Judgement, judge_all


@pytest.mark.parametrize(
    "judgement",
    judge_all(),
    ids=lambda judgement: f"{judgement.claim.row}-{judgement.claim.metric}",
)
def test_each_claim_has_its_result(judgement: Judgement):
    ours, claim = judgement.ours, judgement.claim
    assert ours.n >= claim.seeds, f"{ours.n} runs; run: labs book replicate {claim.row}"
    assert claim.is_reached_by(ours.mean) or claim.argued, f"{ours} misses {claim.goal}"


def test_there_are_claims_about_every_recorded_row():
    judgements = judge_all()
    assert {judgement.claim.row for judgement in judgements} >= {"A1", "A2", "B1", "B2", "B3"}
