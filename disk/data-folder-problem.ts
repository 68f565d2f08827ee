/** Why a tracker cannot use its data folder, and what its operator can do about it. */
export function dataFolderProblem(error: unknown): string {
  const problem = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return `The data folder cannot be used (${problem}). ${remedyFor(code)}`;
}

function remedyFor(code: string): string {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return "Free space on its disk, or pass --data with a folder on another.";
    case "EACCES":
    case "EPERM":
      return "Give the tracker's user the right to write to it, or pass --data with another folder.";
    case "": // Not the system's: something of another kind is in the place of a file.
      return "Move that away, or pass --data with another folder.";
    default:
      return "Pass --data with a folder that you can write to.";
  }
}
