"""Quiz questions: they work with no kernel and no script, by keyboard, and by ear."""

import re
from html.parser import HTMLParser

import pytest

from labhelpers.lesson.quiz import quiz

QUESTION = "What does `softmax` do to scores < 0?"
CHOICES = [
    ("It raises an error.", False, "Powers of e are defined for all numbers."),
    ("It makes them positive & smaller than 1.", True, "`e**s` is positive; the sum divides."),
    ("It sets them to <b>zero</b>.", False, "That would be relu."),
]


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.stack, self.attrs, self.details, self.text = [], [], [], ""

    def handle_starttag(self, tag, attrs):
        self.stack.append(tag)
        self.attrs.append((tag, dict(attrs)))
        if tag == "details":
            self.details.append({"summary": "", "rest": "", **dict(attrs)})

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        self.text += data
        if "details" in self.stack:
            self.details[-1]["summary" if "summary" in self.stack else "rest"] += data


def read(page):
    reader = Reader()
    reader.feed(page)
    assert reader.stack == []
    return reader


def test_each_choice_opens_to_its_explanation(shown):
    quiz(QUESTION, CHOICES)
    assert len(shown) == 1
    reader = read(shown[0]["text/html"])
    assert [d["summary"] for d in reader.details] == [text for text, _, _ in CHOICES]
    for found, (_, is_right, why) in zip(reader.details, CHOICES, strict=True):
        assert why.replace("`", "") in found["rest"]
        assert ("✓ Right." in found["rest"]) == is_right
        assert ("✗ No." in found["rest"]) == (not is_right)
    assert all("open" not in d for d in reader.details)


def test_nothing_gives_the_answer_away(shown):
    quiz(QUESTION, CHOICES)
    reader = read(shown[0]["text/html"])
    looks = [{k: v for k, v in d.items() if k not in ("summary", "rest")} for d in reader.details]
    assert looks[0] == looks[1] == looks[2]
    assert all("✓" not in d["summary"] and "✗" not in d["summary"] for d in reader.details)


def test_one_choice_is_open_at_a_time_and_questions_do_not_mix(shown):
    quiz(QUESTION, CHOICES)
    quiz("Another question?", CHOICES)
    groups = [
        {d["name"] for d in read(bundle["text/html"]).details} for bundle in (shown[0], shown[1])
    ]
    assert [len(g) for g in groups] == [1, 1]
    assert not groups[0] & groups[1]


def test_the_question_names_the_group(shown):
    quiz(QUESTION, CHOICES)
    attrs = read(shown[0]["text/html"]).attrs
    group = next(a for tag, a in attrs if a.get("role") == "group")
    assert any(a.get("id") == group["aria-labelledby"] for _, a in attrs)


def test_no_script_runs_and_no_text_becomes_markup(shown):
    quiz(
        "<script>alert(1)</script>?",
        [("<img src=x>", True, "a"), ("b", False, "<i>"), ("c", False, "d")],
    )
    page = shown[0]["text/html"]
    assert {tag for tag, _ in read(page).attrs} <= {
        "div",
        "style",
        "p",
        "strong",
        "details",
        "summary",
        "code",
    }
    assert not any(k.startswith("on") for _, a in read(page).attrs for k in a)
    assert "<script>alert(1)</script>?" in read(page).text


def test_code_is_set_as_code(shown):
    quiz(QUESTION, CHOICES)
    assert "<code>softmax</code>" in shown[0]["text/html"]
    assert "<code>e**s</code>" in shown[0]["text/html"]


def test_style_stays_inside_and_uses_the_page_s_colours(shown):
    quiz(QUESTION, CHOICES)
    style = re.search(r"<style>(.*?)</style>", shown[0]["text/html"], re.DOTALL).group(1)
    selectors = [s for s in re.findall(r"([^{}]+)\{", style) if "@media" not in s]
    assert len(selectors) > 4
    assert all(".labs-quiz" in s for s in selectors)
    assert not re.search(r"#[0-9a-f]{3,6}\b|rgb\(", style)
    assert "@media print" in style


def test_plain_text_holds_the_question_the_choices_and_then_the_answers(shown):
    quiz(QUESTION, CHOICES)
    before, _, after = shown[0]["text/plain"].partition("Answers:")
    assert before.startswith(QUESTION)
    for text, _, why in CHOICES:
        assert text in before
        assert why in after
        assert why not in before
    assert "b) ✓ Right." in after


def test_it_is_the_same_each_time(shown):
    quiz(QUESTION, CHOICES)
    quiz(QUESTION, CHOICES)
    assert shown[0] == shown[1]


def test_several_choices_may_be_right(shown):
    quiz(
        "Which are even?",
        [("2", True, "Yes."), ("4", True, "Yes."), ("3", False, "Odd."), ("5", False, "Odd.")],
    )
    assert shown[0]["text/html"].count("✓ Right.") == 2


@pytest.mark.parametrize(
    ("question", "choices", "said"),
    [
        ("", CHOICES, "question must be a text"),
        (QUESTION, CHOICES[:2], "at least one right and two wrong"),
        (QUESTION, [c for c in CHOICES if not c[1]] + [("x", False, "y")], "0 right and 3 wrong"),
        (QUESTION, [*CHOICES, ("x", False, " ")], "explanation of each choice"),
        (QUESTION, [*CHOICES, ("", False, "y")], "text of each choice"),
        (QUESTION, [*CHOICES, ("x", "no", "y")], "is_right must be True or False"),
        (QUESTION, [*CHOICES, ("x", False)], "number 4"),
        (QUESTION, [*CHOICES, CHOICES[0]], "two are the same"),
    ],
)
def test_a_question_that_does_not_teach_is_refused(shown, question, choices, said):
    with pytest.raises(ValueError, match=said):
        quiz(question, choices)
    assert len(shown) == 0
