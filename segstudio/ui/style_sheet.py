"""The style sheet of the theme; ``$names`` are the roles of `theme.Colours`."""

from string import Template

STYLE_SHEET = Template(
    """
QWidget { font-size: 12px; }
QDialog, QMainWindow { background: $panel; }
QMenuBar { background: $panel; color: $text; border: none; }
QMenuBar::item { padding: 4px 8px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $hover; }
QMenu { background: $raised; color: $text; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 8px; border-radius: 4px; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }
QMenu::icon:checked { background: $line; border: 1px solid $border; border-radius: 4px; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 6px; }

QFrame#options_bar { background: $panel; border: none; border-bottom: 1px solid $line; }
QFrame#rail { background: $panel; border: none; border-right: 1px solid $line; }
QFrame#status_bar { background: $panel; border: none; border-top: 1px solid $line; }
QFrame#images_panel { background: $panel; border: none; border-right: 1px solid $line; }
QFrame#class_panel, QFrame#model_panel, QFrame#teach_panel, QFrame#history_panel,
QFrame#statistics_panel, QFrame#side_lower { background: $panel; border: none; }
QTabBar { background: $panel; }
QTabBar::tab { background: transparent; color: $second; border: none;
    border-bottom: 2px solid transparent; padding: 5px 2px 4px 2px; margin: 0 0 0 12px; }
QTabBar::tab:hover { color: $text; border-bottom-color: $line; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent; }
QFrame#start_page { background: $panel; border: none; }
QFrame[card="true"] { background: $raised; border: 1px solid $line; border-radius: 8px; }
QFrame[popover="true"] { background: $raised; border: 1px solid $border; border-radius: 8px; }
QFrame[notice="true"] { background: $panel; border: 1px solid $line; border-radius: 8px; }
QFrame[notice="true"][tone="warning"] { border-color: $warning; }
QFrame[notice="true"][tone="danger"] { border-color: $danger; }
QFrame[rule="true"] { background: $line; border: none; }

QLabel { background: transparent; color: $text; }
QLabel[role="heading"] { color: $second; font-size: 11px; font-weight: 600;
    letter-spacing: 0.44px; text-transform: uppercase; }
QLabel[role="secondary"] { color: $second; font-size: 11px; }
QLabel[role="warning"] { color: $warning; font-size: 11px; }
QLabel[role="danger"] { color: $danger; font-size: 11px; }
QLabel[role="success"] { color: $success; font-size: 11px; }
QLabel[role="dialog"] { font-size: 13px; }
QLabel[role="panel"] { font-size: 13px; font-weight: 600; }
QLabel[role="verdict"] { font-size: 13px; font-weight: 600; }
QLabel[role="verdict"][tone="success"] { color: $success; }
QLabel[role="verdict"][tone="danger"] { color: $danger; }
QLabel[role="title"] { font-size: 16px; font-weight: 600; }
QLabel[role="start"] { font-size: 20px; font-weight: 600; }
QLabel[role="start-line"] { font-size: 13px; color: $second; }

QPushButton { background: $raised; color: $text; border: 1px solid $border; border-radius: 4px;
    outline: none; padding: 0 12px; min-height: 26px; max-height: 26px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $line; }
QPushButton:focus { border: 2px solid $accent; padding: 0 11px;
    min-height: 24px; max-height: 24px; }
QPushButton:disabled { color: $disabled; border-color: $line; }
QPushButton[accent="true"] { background: $accent; color: $on_accent; border-color: $accent;
    font-weight: 600; }
QPushButton[accent="true"]:hover { border-color: $text; }
QPushButton[accent="true"]:focus { border-color: $text; }
QPushButton[accent="true"]:disabled { background: $raised; color: $disabled; border-color: $line; }
QPushButton[primary="true"] { background: $hover; font-weight: 600; }
QPushButton[primary="true"]:hover { background: $line; }
QPushButton[primary="true"]:disabled { background: $raised; }
QPushButton[danger="true"] { color: $danger; border-color: $danger; }
QPushButton[link="true"] { background: transparent; color: $accent; border: 1px solid transparent;
    padding: 0 1px; min-height: 22px; max-height: 22px; text-align: left; }
QPushButton[link="true"]:hover { background: $hover; }
QPushButton[link="true"]:focus { border: 1px solid $accent; }
QPushButton[link="true"]:disabled { color: $disabled; }
QLabel[tag="true"] { background: $panel; color: $text; border: 1px solid $line;
    border-radius: 4px; padding: 2px 6px; font-size: 11px; }
QPushButton[link="true"][quiet="true"] { color: $second; font-size: 11px; }
QPushButton[link="true"][tone="danger"] { color: $danger; font-size: 11px; }
QPushButton[link="true"][small="true"] { font-size: 11px; min-height: 18px; max-height: 18px; }
QPushButton[chip="true"] { background: $panel; border: 1px solid $line; border-radius: 12px;
    padding: 0 10px; min-height: 22px; max-height: 22px; font-size: 11px; }
QPushButton[chip="true"]:hover { background: $hover; }
QPushButton[chip="true"][tone="warning"] { color: $warning; border-color: $warning; }

QToolButton { background: transparent; color: $text; border: 1px solid transparent;
    border-radius: 4px; padding: 0; }
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $line; }
QToolButton:checked { background: $raised; }
QToolButton:focus { border: 2px solid $accent; }
QToolButton:disabled { color: $disabled; background: transparent; }
QToolButton::menu-indicator { image: none; }
QFrame[segments="true"] { background: $panel; border: 1px solid $border; border-radius: 4px; }
QFrame[segments="true"] QToolButton { border-radius: 3px; color: $second; }
QFrame[segments="true"] QToolButton:checked { background: $line; color: $text; font-weight: 600; }
QFrame[segments="true"] QToolButton:disabled { color: $disabled; }

QLineEdit, QSpinBox, QPlainTextEdit { background: $raised; color: $text;
    border: 1px solid $border; border-radius: 4px; padding: 0 6px;
    selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit, QSpinBox { min-height: 26px; max-height: 26px; }
QPlainTextEdit { padding: 4px; }
QLineEdit:focus, QSpinBox:focus { border: 2px solid $accent; padding: 0 5px;
    min-height: 24px; max-height: 24px; }
QPlainTextEdit:focus { border: 2px solid $accent; padding: 3px; }
QLineEdit:disabled, QSpinBox:disabled, QPlainTextEdit:disabled { color: $disabled;
    border-color: $line; background: $panel; }
QSpinBox QLineEdit, QSpinBox QLineEdit:focus { border: none; padding: 0;
    background: transparent;
    min-height: 0; max-height: 100px; }
QSpinBox::up-button { subcontrol-position: top right; width: 0; height: 0; }
QSpinBox::down-button { subcontrol-position: bottom right; width: 0; height: 0; }
QLineEdit[inplace="true"], QLineEdit[inplace="true"]:focus { min-height: 20px; max-height: 20px;
    border: 2px solid $accent; padding: 0 2px; }

QComboBox { background: $raised; color: $text; border: 1px solid $border; border-radius: 4px;
    padding: 0 20px 0 8px; min-height: 26px; max-height: 26px; combobox-popup: 0; }
QComboBox:hover { background: $hover; }
QComboBox:focus { border: 2px solid $accent; padding: 0 19px 0 7px;
    min-height: 24px; max-height: 24px; }
QComboBox:disabled { color: $disabled; border-color: $line; }
QComboBox[tone="warning"] { color: $warning; border-color: $warning; }
QComboBox::drop-down { border: none; width: 0; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $raised; color: $text; border: 1px solid $border;
    outline: none; padding: 4px; selection-background-color: $hover; selection-color: $text; }
QComboBox QAbstractItemView::item { min-height: 26px; padding: 0 4px; border-radius: 4px; }
QComboBox QAbstractItemView::item:selected { background: $hover; color: $text; }

QSlider { background: transparent; min-height: 20px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $line; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $second; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -5px 0; border-radius: 7px;
    background: $text; border: 1px solid $panel; }
QSlider::handle:horizontal:hover { background: $accent; }
QSlider:focus { border: 2px solid $accent; border-radius: 4px; }
QSlider::handle:horizontal:disabled, QSlider::sub-page:horizontal:disabled {
    background: $disabled; }

QRadioButton, QCheckBox { color: $text; spacing: 8px; min-height: 24px; background: transparent; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $border;
    border-radius: 3px; background: $panel; }
QCheckBox::indicator:hover { background: $hover; }
QCheckBox::indicator:checked { background: $text; border-color: $text; }
QCheckBox:focus { color: $accent; }
QRadioButton:disabled { color: $disabled; }
QRadioButton::indicator { width: 12px; height: 12px; border: 1px solid $border;
    border-radius: 7px; background: $panel; }
QRadioButton::indicator:hover { background: $hover; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 4px solid $text;
    border-radius: 7px; background: $panel; }
QRadioButton::indicator:focus { border-color: $accent; }
QRadioButton:focus { color: $accent; }

QListView, QTableView, QScrollArea, QScrollArea > QWidget > QWidget#scroll_page {
    background: transparent; border: none; outline: none; }
QListView:focus { border: none; }
QTableView { background: $raised; border: 1px solid $line; border-radius: 4px;
    gridline-color: $line; selection-background-color: $hover; selection-color: $text; }
QTableView[bare="true"], QTableView[bare="true"]:focus { background: transparent; border: none;
    border-radius: 0; selection-background-color: transparent; }
QTableView:focus { border: 1px solid $accent; }
QTableView[plain="true"], QTableView[plain="true"]:focus { background: transparent; border: none; }
QTableView::item { padding: 0 8px; border: none; }
QTableView::indicator:unchecked { width: 11px; height: 11px; border: 1px solid $border;
    border-radius: 2px; background: $panel; }
QTableView::indicator:unchecked:disabled { border-color: $line; background: transparent; }
QListWidget::item { padding: 8px; border-radius: 4px; color: $text; }
QListWidget::item:selected { background: $raised; color: $text; }
QListWidget::item:hover:!selected { background: $hover; }
QTableView[edited="true"] QHeaderView::section { padding: 4px 11px; }
QHeaderView { background: $raised; }
QHeaderView::section { background: $raised; color: $second; border: none;
    border-bottom: 1px solid $line; padding: 4px 8px; font-size: 11px; font-weight: 600; }

QScrollBar:vertical { width: 10px; background: transparent; margin: 0; }
QScrollBar:horizontal { height: 10px; background: transparent; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:hover { background: $border; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QProgressBar { background: $line; border: none; border-radius: 2px; max-height: 4px;
    min-height: 4px; color: transparent; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QSplitter::handle { background: $line; }
QSplitter::handle:hover { background: $border; }
"""
)
