"""What people do with their links, and with the open one: leave, come back, pass on, press twice."""

from playwright.sync_api import Page, expect

from tests.browser.story.people import altered, begin, press, rate_all, rate_page, submit
from tests.browser.story.stage import Stage

STORED = "Your answers are in"


def leave_after_one_page(stage: Stage, link: str) -> int:
    """A phone without JavaScript: begin, rate the first page, put it away; returns how many items were rated."""
    with stage.device(scripts=False) as phone:
        phone.goto(link)
        expect(phone.locator("main")).to_contain_text("Two minutes for your view.")
        expect(phone.locator("main")).to_contain_text("Questions: the sustainability office.")
        expect(phone.locator("main")).to_contain_text("You can delete them at any time with your personal link.")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360
        begin(phone)
        rated = rate_page(phone, seed=1)
        press(phone, "Next page")
        return rated


def go_on_elsewhere(stage: Stage, link: str, rated: int) -> None:
    """The same link on another device, with large text: what is left, one issue a screen, submitted."""
    with stage.device() as device:
        device.goto(link)
        stage.look(device)
        expect(device.locator("main")).to_contain_text(f"{12 - rated} of 12 issues are still open.")
        press(device, "Large text")
        press(device, "Go on")
        expect(device.locator(".issue")).to_have_count(1)
        stage.look(device)
        assert rate_all(device, seed=1) == 12 - rated
        submit(device, "Nothing is missing.")
        expect(device.locator("main")).to_contain_text("We read every answer.")
        stage.look(device)
        device.goto(link)
        expect(device.get_by_role("heading", level=1)).to_have_text(STORED)
        stage.look(device)


def delete_by_link(stage: Stage, link: str) -> None:
    """Who has the link can delete the answers, and then has no second try."""
    with stage.device(scripts=False) as phone:
        phone.goto(link)
        phone.get_by_text("Delete my answers").first.click()
        press(phone, "Delete my answers")
        expect(phone.get_by_role("alert")).to_contain_text("nothing has been deleted")
        phone.get_by_role("checkbox", name="Yes, delete all my answers").check()
        press(phone, "Delete my answers")
        expect(phone.get_by_role("heading", level=1)).to_have_text("These answers are deleted")
        phone.goto(link)
        expect(phone.get_by_role("button", name="Begin the survey")).to_have_count(0)


def meet_an_altered_link(stage: Stage, link: str) -> None:
    """A link that was copied wrongly leads to a page that says what to do."""
    with stage.device(language="zh-CN") as device:
        answer = device.goto(altered(link))
        assert answer.status == 404
        expect(device.get_by_role("heading", level=1)).to_have_text("此网址没有问卷")
        stage.look(device)


def answer_inattentively(stage: Stage, survey: str) -> int:
    """By the open link with high contrast, without reading; returns how many items were rated."""
    with stage.device() as device:
        device.goto(f"{stage.site.address}/s/{survey}/")
        stage.look(device)
        press(device, "High contrast")
        stage.look(device)
        begin(device, "Employees")
        stage.look(device)
        rated = rate_all(device, seed=3, attentive=False)
        submit(device)
        return rated


def submit_in_two_tabs(stage: Stage, link: str) -> None:
    """Both tabs are told that the answers are in, and so is who goes back."""
    with stage.device() as tab:
        tab.goto(link)
        begin(tab)
        rate_all(tab, seed=2)
        stage.look(tab)
        other = tab.context.new_page()
        other.goto(tab.url)
        for page in (tab, other):
            page.get_by_role("button", name="Submit my answers", exact=True).click(no_wait_after=True)
        told = [_heading_after(page) for page in (tab, other)]
        assert set(told) <= {"Thank you", "Your answers are already in"} and "Thank you" in told
        tab.go_back()
        expect(tab.get_by_role("heading", level=1)).to_have_text("Your answers are already in")


def answer_anonymously(stage: Stage, link: str) -> None:
    """Before, on the last page and afterwards it is said that the answers cannot be found again."""
    with stage.device() as device:
        device.goto(link)
        main = device.locator("main")
        expect(main).to_contain_text("They are put among the answers of at least nine others of your group")
        expect(main).to_contain_text("they can be neither shown to you nor deleted")
        begin(device)
        rate_all(device, seed=6)
        expect(main).to_contain_text("Your comment is kept apart from your answers.")
        submit(device, "Nothing by which I could be known")
        device.goto(link)
        expect(device.get_by_role("heading", level=1)).to_have_text(STORED)
        expect(main).to_contain_text("they can be neither shown nor deleted any more")
        expect(device.get_by_role("button", name="Delete my answers")).to_have_count(0)
        stage.look(device)


def begin_only(stage: Stage, link: str) -> None:
    """Consent, and no more."""
    with stage.device(scripts=False) as phone:
        phone.goto(link)
        begin(phone)


def _heading_after(page: Page) -> str:
    heading = page.get_by_role("heading", level=1)
    expect(heading).not_to_have_text("Finish")
    return heading.inner_text()
