"""The paths that no proposal may touch, whatever its workflow allows."""

__all__ = ["DEFAULT", "MIGRATIONS"]

# Groups with a `!` come first: it takes back whatever stands before it.
_BUILDS = (
    "Makefile", "Makefile.*", "GNUmakefile", "Dockerfile*", "Containerfile*", "Jenkinsfile*", "Procfile*",
    *(f"!{name}*.{suffix}" for name in ("makefile", "dockerfile", "containerfile", "jenkinsfile", "procfile")
      for suffix in ("md", "rst", "py", "pyi")),
    "*.mk", "*.dockerfile", "docker-compose*.y*ml", "compose.y*ml", "compose[-_.]*.y*ml", "docker-bake.*", "justfile",
    "Taskfile*.y*ml", "Vagrantfile", "Earthfile", "Tiltfile", "CMakeLists.txt", "meson.build", "devcontainer.json",
)  # fmt: skip
_TOP = (
    # Everything hidden at the top, files too; what is taken back configures nothing that runs or checks.
    "/.*", "!/.gitignore", "!/.editorconfig", "!/.mailmap", "!/.gitkeep", "!/.keep", "!/.nojekyll",
)  # fmt: skip
_HIDDEN = (
    ".env*", ".npmrc", ".pypirc", ".netrc", "_netrc", ".gitmodules", ".gitattributes", ".gitconfig", ".git-credentials",
    ".coveragerc", ".flake8", ".pylintrc", ".ruff.toml", ".mypy.ini", ".bandit", ".isort.cfg", ".importlinter",
    ".eslintrc*", ".eslintignore", ".prettierrc*", ".babelrc*", ".yarnrc*", ".pnpmfile.cjs", ".npmignore", ".nvmrc",
    ".python-version", ".ruby-version", ".node-version", ".tool-versions", ".condarc", ".bazelrc", ".htaccess",
    ".dockerignore", ".dockercfg", ".gitlab-ci*.y*ml", ".travis.yml", ".drone.yml", ".cirrus.yml", ".appveyor.yml",
    ".pre-commit-*.y*ml", ".gitleaks*", ".semgrep*", ".trivyignore*", ".snyk", ".codecov.yml", ".jshintrc",
    ".stylelintrc*", ".lintstagedrc*", ".nycrc*", ".c8rc*", ".bashrc", ".profile", ".zshrc", ".bash_profile",
    ".justfile", ".husky/", ".circleci/", ".cargo/", ".mvn/", ".yarn/", ".vscode/", ".idea/", ".devcontainer/",
    ".devcontainer.json", ".bundle/", ".venv/", ".hg/", ".svn/", ".ssh/", ".aws/", ".docker/", "**/.github/workflows/",
    "**/.github/actions/", "**/.github/codex/",
)  # fmt: skip
_INSTRUCTIONS = (
    "AGENTS.md", "AGENTS.override.md", "CLAUDE.md", "CLAUDE.local.md", "GEMINI.md", "copilot-instructions.md",
    "SKILL.md", ".cursorrules", ".clinerules", ".windsurfrules", "mcp.json", ".mcp.json", "*.rules", "*.prompt.md",
    "*.schema.json", "/prompts/", "/schemas/", "/skills/", "/rules/", "**/prompts/**/*.md", "**/prompts/**/*.txt",
    "**/prompts/**/*.j2", "**/prompts/**/*.jinja*", "**/schemas/**/*.json", ".codex/", ".agents/", ".claude/",
    ".cursor/", "proposer.toml", "codex.lock", ".proposer-template.json", "/provenance/", "/evals/", "/drills/",
    "CODEOWNERS",
)  # fmt: skip
_PIPELINES = (
    "azure-pipelines*.y*ml", "bitbucket-pipelines.y*ml", "appveyor.y*ml", "cloudbuild*.y*ml", "cloudbuild.json",
    "buildspec*.y*ml", "action.y*ml", "circle.yml", "wercker.yml", "codefresh.yml", "codecov.y*ml", "renovate.json*",
    "dependabot.y*ml", "buildkite.y*ml",
)  # fmt: skip
_PYTHON = (
    "pyproject.toml", "setup.py", "setup.cfg", "MANIFEST.in", "requirements*.txt", "requirements*.in",
    "*[-_.]requirements.txt", "*[-_.]requirements.in", "constraints*.txt", "constraints*.in", "/requirements/",
    "**/requirements/**/*.txt", "**/requirements/**/*.in", "Pipfile", "pylock*.toml", "uv.toml", "poetry.toml",
    "pdm.toml", "pixi.toml", "hatch.toml", "environment.y*ml", "environment[-_.]*.y*ml", "conda*.y*ml", "buildout.cfg",
    "tasks.py", "noxfile.py", "conftest.py", "fabfile.py", "dodo.py", "sitecustomize.py", "usercustomize.py",
    "sitecustomize/", "usercustomize/", "*.pth", "*.egg-link", "*.dist-info/", "*.egg-info/", "pyvenv.cfg",
    "alembic.ini", "/tasks/", "/invoke.*",
    # A folder or a module of this name at the top would be imported in the place of the tool.
    "/proposer/", "/proposer.py", "/invoke/", "/nox/", "/nox.py", "/pytest/", "/pytest.py", "/_pytest/",
)  # fmt: skip
_CHECKS = (
    "tox.ini", "tox.toml", "pytest.ini", "pytest.toml", "mypy.ini", "ruff.toml", "pylintrc", "pylintrc.toml",
    "pyrightconfig.json", "bandit.y*ml", "coverage.toml", "tsconfig*.json", "jsconfig*.json", "eslint.config.*",
    "prettier.config.*", "biome.json*", "jest.config.*", "vitest.config.*", "vite.config.*", "playwright.config.*",
    "cypress.config.*", "babel.config.*", "lint-staged.config.*", "karma.conf.js", "sonar-project.properties",
    "phpunit.xml*", "phpstan.neon*", "golangci.y*ml", ".golangci.y*ml", "clippy.toml", "rustfmt.toml", "deny.toml",
    "checkstyle.xml", "detekt.yml",
)  # fmt: skip
_PACKAGES = (
    "*.lock", "*.lockb", "*-lock.json", "*-lock.y*ml", "*.lock.json", "*.lock.hcl", "*.lockfile", "package.json",
    "package.json5", "package.yaml", "npm-shrinkwrap.json", "pnpm-workspace.yaml", "bunfig.toml", "deno.json*",
    "jsr.json", "bower.json", "lerna.json", "nx.json", "turbo.json", "rush.json", "Cargo.toml", "rust-toolchain",
    "rust-toolchain.toml", "go.mod", "go.sum", "go.work", "go.work.sum", "Gopkg.toml", "glide.yaml", "Gemfile",
    "gems.rb", "gems.locked", "*.gemspec", "Rakefile", "composer.json", "pom.xml", "build.gradle*", "settings.gradle*",
    "gradle.properties", "gradlew", "gradlew.bat", "/gradle/", "gradle-wrapper.*", "libs.versions.toml", "build.sbt",
    "build.sc", "ivy.xml", "mvnw", "mvnw.cmd", "project.clj", "deps.edn", "*.csproj", "*.fsproj", "*.vbproj", "*.sln",
    "*.slnx", "Directory.Build.*", "Directory.Packages.props", "packages.config", "nuget.config", "/global.json",
    "paket.dependencies", "mix.exs", "rebar.config", "Package.swift", "Package.resolved", "Podfile", "Cartfile",
    "Cartfile.*", "pubspec.yaml", "conanfile.*", "vcpkg*.json", "flake.nix", "default.nix", "shell.nix", "stack.yaml",
    "cabal.project*", "*.cabal", "Project.toml", "Manifest.toml", "cpanfile", "cpanfile.*", "Makefile.PL", "Build.PL",
    "dub.json", "dub.sdl", "dub.selections.json", "shard.yml", "*.opam", "elm.json", "gleam.toml", "Brewfile",
    "Chart.yaml", "requirements.y*ml", "MODULE.bazel", "WORKSPACE.bazel", "BUILD.bazel",
)  # fmt: skip

MIGRATIONS: tuple[str, ...] = ("migrations/", "alembic/", "/db/migrate/", "!/docs/migrations/")
"""Folders of database migrations; a workflow that is about migrations leaves them out."""

DEFAULT: tuple[str, ...] = (
    *MIGRATIONS, *_BUILDS, *_TOP, *_HIDDEN, *_INSTRUCTIONS, *_PIPELINES, *_PYTHON, *_CHECKS, *_PACKAGES,
)  # fmt: skip
"""Patterns of `proposer.outputs.globs`, compared without regard to case, composition and look-alike forms."""
