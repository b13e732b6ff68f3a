"""Staff put a survey together: texts, groups, split, profile questions, planning, preview, opening."""

from playwright.sync_api import expect

from tests.browser.story.stage import Stage

CORE = "SOC-03-01"
ASKED_RATING = 4


def build_survey(stage: Stage, code: str, *, anonymous: bool = False) -> str:
    """A split survey with a core, an attention question and a notice; returns the path of its pages."""
    page = stage.page
    stage.go("/cycles/story/surveys/new/")
    page.get_by_label("Code").fill(code)
    page.get_by_label("Chinese title").fill("各方意见调查")
    page.get_by_label("English title").fill("Views of many")
    if anonymous:
        page.get_by_label("Anonymous").check()
    page.get_by_label("Introduction in Chinese").fill("请用两分钟谈谈您的看法。")
    page.get_by_label("Introduction in English").fill("Two minutes for your view.")
    page.get_by_label("Privacy notice in Chinese").fill("有疑问请联系可持续发展部。")
    page.get_by_label("Privacy notice in English").fill("Questions: the sustainability office.")
    page.get_by_label("Thanks in English").fill("We read every answer.")
    stage.press("Create the survey")
    split_it(stage, f"/cycles/story/surveys/{code}/")
    return f"/cycles/story/surveys/{code}/"


def split_it(stage: Stage, path: str) -> None:
    """Twelve issues each, one of them for everybody, and a question that shows who reads."""
    page = stage.page
    stage.go(f"{path}split/")
    page.get_by_label("Split the questionnaire").check()
    page.get_by_label("Issues for each respondent").fill("12")
    for fold in page.locator(".pick details").all():
        if fold.locator(f"input[value={CORE}]").count():
            fold.locator("summary").click()
    page.get_by_role("checkbox", name=CORE).check()
    page.get_by_label("Ask an attention question").check()
    page.get_by_label("Rating that it asks for").select_option(str(ASKED_RATING))
    stage.look(page)
    stage.press("Save the split")
    expect(page.locator("main")).to_contain_text("The split is saved.")


def ask_about_people(stage: Stage, path: str) -> None:
    """A choice and a short text."""
    page = stage.page
    for code, kind, zh, en in (("age", "single", "年龄", "Your age"), ("city", "text", "城市", "Your city")):
        stage.go(f"{path}profile/new/")
        page.get_by_label("Kind of answer").select_option(kind)
        page.get_by_label("Code").fill(code)
        page.get_by_label("Question in Chinese").fill(zh)
        page.get_by_label("Question in English").fill(en)
        if kind == "single":
            page.get_by_label("Options in Chinese").fill("三十岁以下\n三十岁以上")
            page.get_by_label("Options in English").fill("Under 30\n30 and over")
        stage.press("Save")
    expect(page.locator(".questions-list > li").filter(has_text="Your")).to_have_count(2)
    stage.look(page)


def plan(stage: Stage, path: str) -> None:
    """External groups rate society alone; the page of planning says what the split costs."""
    page = stage.page
    stage.go(f"{path}groups/")
    expect(page.get_by_label("Users rates the impact on society")).to_be_checked()
    expect(page.get_by_label("Users rates the impact on the business")).not_to_be_checked()
    expect(page.get_by_label("Employees rates the impact on the business")).to_be_checked()
    page.get_by_label("Responses expected of Users").fill("400")
    stage.press("Save who is asked what")
    stage.go(f"{path}plan/")
    expect(page.locator("main")).to_contain_text("The survey is split: about 12 of 93 issues for each respondent")
    # Users can rate 55 issues; beside the core each of them gets 400 × 11 / 54 ratings.
    expected = page.get_by_role("region", name="With the expected responses")
    users = expected.get_by_role("row", name="Users")
    expect(users).to_contain_text("12 of 55")
    expect(users.get_by_role("cell", name="81", exact=True)).to_be_visible()
    stage.look(page)


def preview(stage: Stage, path: str) -> None:
    """The preview shows a part as users get it, without storing anything."""
    page = stage.page
    stage.go(f"{path}preview/")
    page.get_by_label("As", exact=True).select_option("users")
    stage.press("Show")
    expect(page.get_by_role("navigation", name="Preview")).to_contain_text("Split: an example part of 12 issues")
    page.get_by_role("navigation", name="Preview").get_by_role("link", name="1", exact=True).click()
    expect(page.locator(".issue").first).to_be_visible()
    stage.look(page)


def open_survey(stage: Stage, path: str) -> None:
    """The survey takes answers from now on."""
    stage.go(path)
    stage.look(stage.page)
    stage.press("Open the survey")
    stage.look(stage.page)
    stage.page.get_by_role("link", name="Share", exact=True).click()
    expect(stage.page.get_by_role("heading", name="Address for respondents")).to_be_visible()
    stage.look(stage.page)
