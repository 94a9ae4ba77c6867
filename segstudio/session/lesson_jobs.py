"""What Teach does off the GUI thread: having a lesson given, and keeping what came of it."""

from dataclasses import replace
from pathlib import Path

from segstudio.core import taught_files
from segstudio.core.errors import StorageError
from segstudio.core.lesson import Lesson, LessonResult
from segstudio.engine.client import EngineClient
from segstudio.engine.lesson_messages import TeachRequest
from segstudio.project.project import Project
from segstudio.session.jobs import Job
from segstudio.session.taught import Learned, Taught
from segstudio.session.versions import PATIENCE_S, why_not


def learned(lesson: Lesson, project: Project, client: EngineClient, job: Job) -> Learned:
    """Have a lesson given; leaves no file behind unless it succeeds. For a job thread."""
    problem = project.flush(PATIENCE_S)
    if problem:
        raise StorageError(f"What was labelled last is not saved yet. {problem}")
    out = taught_files.new_lesson(lesson.name)
    try:
        request = TeachRequest(replace(lesson, project=str(project.file), out=str(out)))
        result = client.request(
            request, report=job.report, cancelled=job.stop, finish=job.finish, tell=job.show
        )
        job.check()
        assert isinstance(result, LessonResult)
        size = _size(out, lesson)
    except BaseException:
        taught_files.end_lesson(out)
        raise
    return Learned(lesson, result, out, size)


def kept(found: Taught, out: Path, project: Project, job: Job) -> Taught:
    """Store a model in its project, and have its file at its place. For a job thread."""
    version = found.version
    try:
        content = out.read_bytes()
    except OSError as error:
        raise StorageError(
            f"{version.title} cannot be read any more: {error.strerror or error} ({out}). Teach "
            "again."
        ) from error
    ticket = project.keep_version(version, content)
    if not project.is_stored(ticket, PATIENCE_S, job.stop):
        raise StorageError(f"{version.title} was not kept, try again. {why_not(project)}")
    taught_files.keep(version.name, content)
    taught_files.end_lesson(out)
    return found


def _size(out: Path, lesson: Lesson) -> int:
    try:
        return out.stat().st_size
    except OSError as error:
        raise StorageError(f"{lesson.title} was taught, but its file {out} is gone.") from error
