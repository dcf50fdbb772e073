"""What the keys of a replay do."""

from http_monitor.dashboard.controls import PACES, Player
from http_monitor.dashboard.screen_app import ScreenApp


class ReplayApp(ScreenApp):
    """The part of the dashboard that plays a replay."""

    def action_play(self) -> None:
        """Pause or go on with a replay."""
        player = self._player()
        if player is not None:
            if player.is_paused:
                player.play(player.pace)
            else:
                player.pause()
            self.frame()

    def action_pace(self, step: int) -> None:
        """Play slower (-1) or faster (1)."""
        player = self._player()
        if player is not None:
            at = PACES.index(player.pace) + step
            player.play(PACES[max(0, min(at, len(PACES) - 1))])
            self._say(f"plays at {player.pace}")

    def action_jump(self) -> None:
        """Play to the next alert."""
        player = self._player()
        if player is not None:
            player.jump()
            self._say("reads on to the next alert")

    def _player(self) -> Player | None:
        player = self.run_.player
        if player is None:
            self._say("only a replay is played: --replay")
        elif player.is_finished:
            self._say("the replay has finished")
            return None
        return player
